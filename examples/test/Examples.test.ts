// Every example runs against a simulator, as a user would run it.
import { assert, it } from "@effect/vitest"
import { Simulator } from "@effect-intercom/simulator"
import { Effect, Redacted } from "effect"
import { execFile } from "node:child_process"
import { globSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"

const folder = join(import.meta.dirname, "..")

const run = Effect.fnUntraced(function* (example: string, token: string) {
  const { url } = yield* Simulator
  const env = { ...process.env, INTERCOM_BASE_URL: url, INTERCOM_ACCESS_TOKEN: token }
  return yield* Effect.promise(() => promisify(execFile)(process.execPath, [example], { cwd: folder, env }))
})

const outputs: { readonly [example: string]: ReadonlyArray<RegExp> } = {
  "quickstart.ts": [/^500 contacts$/, /^\w{24} \S+$/, /^\w{24} \S+$/, /^\w{24} \S+$/],
  "upsert.ts": [/^one contact$/],
  "resume.ts": [/^300 contacts$/, /^200 contacts$/]
}

it("each example has an expected output", () => {
  assert.deepStrictEqual(globSync("*.ts", { cwd: folder }).toSorted(), Object.keys(outputs).toSorted())
})

for (const [example, expected] of Object.entries(outputs)) {
  it.live(`${example} does what it says`, () =>
    Effect.gen(function* () {
      const { token } = yield* Simulator
      const { stdout } = yield* run(example, Redacted.value(token))
      const lines = stdout.trimEnd().split("\n")
      assert.strictEqual(lines.length, expected.length, lines.join("\n"))
      for (const [index, pattern] of expected.entries()) assert.match(lines[index] ?? "", pattern)
    }).pipe(Effect.provide(Simulator.layer({ contacts: 500 })))
  )
}

it.live("quickstart.ts says what to do about a bad token, without showing it", () =>
  Effect.gen(function* () {
    const { stderr, stdout } = yield* run("quickstart.ts", "a-wrong-token")
    assert.strictEqual(stdout, "")
    assert.match(stderr, /^HTTP 401 .*INTERCOM_ACCESS_TOKEN.*INTERCOM_REGION/)
    assert.notInclude(stderr, "a-wrong-token")
  }).pipe(Effect.provide(Simulator.layer()))
)
