// What the documents show can be typed: each of their commands runs, in their order, in one directory.
import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"
import * as ExitCode from "@effect-intercom/cli/ExitCode"
import * as Command from "./Command.ts"

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")

const readme = read("../README.md")

/** The commands in a document's blocks of code; `#` explains, `|` is for another program, and `[` is of a synopsis. */
const commandsOf = (text: string) =>
  [...text.matchAll(/^```(?:sh|text)\n(.*?)^```/gms)]
    .flatMap(([, block = ""]) => block.split("\n"))
    .map((line) => line.replace(/^npx --yes pnpm@12\.21\.0 intercom /, "intercom "))
    .filter((line) => line.startsWith("intercom ") && !line.includes("["))
    .map((line) =>
      line
        .replace(/\s+[#|].*/, "")
        .split(" ")
        .slice(1)
    )

/** They do not end, or have a test of their own. */
const others = new Set(["simulate", "demo", "listen", "fleet"])

/** Runs in a directory, as a shell does that went there. */
const within = (directory: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = process.cwd()
      process.chdir(directory)
      return before
    }),
    (before) => Effect.sync(() => process.chdir(before))
  )

describe("the READMEs", () => {
  it.live(
    "have commands that do what they say",
    () =>
      Effect.gen(function* () {
        const { token, url } = yield* Simulator
        const env = { INTERCOM_BASE_URL: url, INTERCOM_ACCESS_TOKEN: Redacted.value(token) }
        const done = new Set<string>()
        for (const path of ["../README.md", "../../../README.md"]) {
          yield* within(yield* Command.temporary)
          const commands = commandsOf(read(path)).filter(([name = ""]) => !others.has(name))
          assert.isAbove(commands.length, 3)
          for (const args of commands.filter((args) => !done.has(args.join(" ")))) {
            done.add(args.join(" "))
            const { code, stderr } = yield* Command.inProcess(args, env)
            assert.strictEqual(code, 0, `intercom ${args.join(" ")}: ${stderr}`)
          }
        }
      }).pipe(
        Effect.scoped,
        Effect.provide([
          Simulator.layer({ contacts: 12, companies: 3, conversations: 4, jobDuration: 0 }),
          NodeServices.layer
        ])
      ),
    180_000
  )

  it.live("documents every flag of fleet run", () =>
    Effect.gen(function* () {
      const fleet = read("../../fleet/README.md")
      const { stdout } = yield* Command.inProcess(["fleet", "run", "--help"])
      const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, name = ""]) => name)
      const known = new Set(["help", "version", "completions", "log-level", "wizard"])
      const own = flags.filter((name) => !known.has(name))
      assert.isAbove(own.length, 10)
      for (const name of own) assert.isTrue(fleet.includes(`--${name}`) || readme.includes(`--${name}`), name)
    })
  )

  it("documents every exit code", () => {
    for (const code of Object.values(ExitCode)) assert.match(readme, new RegExp(`^\\| ${code} +\\|`, "m"))
  })

  it.live("documents every flag of export", () =>
    Effect.gen(function* () {
      const { stdout } = yield* Command.inProcess(["export", "--help"])
      const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, name = ""]) => name)
      const global = new Set(["help", "version", "completions", "log-level", "wizard"])
      const own = flags.filter((name) => !global.has(name))
      assert.isAbove(own.length, 10)
      for (const name of own) assert.include(readme, `--${name}`)
    })
  )
})
