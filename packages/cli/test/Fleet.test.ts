import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import * as Command from "./Command.ts"

const rateLimit = { limit: 1_000_000, window: Duration.seconds(10) }

/** Two workspaces that are there, and one whose token is not good. */
const workspaces = Simulator.layer({
  contacts: 5,
  token: Redacted.make("t0ken-acme"),
  rateLimit,
  workspaces: [{ contacts: 7, seed: 2, token: Redacted.make("t0ken-bolt"), rateLimit }]
})

describe("intercom fleet", () => {
  it.live("does a night, says how it is, tries again, and forgets", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { remove, url } = yield* Simulator
      const directory = yield* Command.temporary
      const state = ["--state", `${directory}/fleet.db`]
      yield* fs.makeDirectory(`${directory}/tokens`)
      for (const name of ["acme", "bolt", "crisp"]) {
        yield* fs.writeFileString(`${directory}/tokens/${name}`, `t0ken-${name}\n`)
      }
      const tokens = ["--tokens", `${directory}/tokens`, ...state]
      const to = `ndjson:${directory}/{workspace}`
      const plan = [
        "--deletions",
        "compare",
        "--fields",
        "email",
        "--where",
        "role in user,lead",
        "--requests-at-once",
        "2"
      ]
      const run = [
        "fleet",
        "run",
        "contacts",
        "--to",
        to,
        "--once",
        "--base-url",
        url,
        ...plan,
        ...tokens,
        "--night",
        "first"
      ]
      const ran = yield* Command.inProcess(run)
      assert.strictEqual(ran.code, 1, ran.stderr)
      assert.match(ran.stdout, /^Started the night first: 3 workspaces\.$/m)
      assert.match(ran.stdout, /^crisp +failed .* token: .*HTTP 401 .* stored for the workspace crisp/m)
      assert.match(ran.stdout, /^acme +done .* 5 /m)
      assert.match(ran.stderr, /1 of 3 workspaces failed/)
      const bolt = yield* fs.readFileString(`${directory}/bolt/contacts.ndjson`)
      assert.strictEqual(bolt.split("\n").length - 1, 7)

      const status = yield* Command.inProcess(["fleet", "status", "--json", ...state])
      const found = JSON.parse(status.stdout) as { readonly done: number; readonly failed: number }
      assert.deepStrictEqual([found.done, found.failed], [2, 1])
      const page = `${directory}/night.html`
      assert.strictEqual((yield* Command.inProcess(["fleet", "status", "--out", page, ...state])).stdout, page)
      assert.include(yield* fs.readFileString(page), "1 of 3 workspaces failed")

      yield* fs.writeFileString(`${directory}/tokens/crisp`, "t0ken-acme\n")
      const retried = yield* Command.inProcess(["fleet", "retry", ...state])
      assert.strictEqual(retried.stdout, "Tried again, of the night first: crisp")
      const waiting = yield* Command.inProcess(["fleet", "status", ...state])
      assert.match(waiting.stdout, /^crisp +waiting .* \(failed before, waits for a runner\)$/m)
      yield* Command.inProcess(["fleet", "status", "--out", page, ...state])
      assert.include(yield* fs.readFileString(page), "It failed before, waits for a runner.")
      assert.strictEqual((yield* Command.inProcess(run)).code, 0)

      const [gone = ""] = (yield* fs.readFileString(`${directory}/acme/contacts.ndjson`)).split("\n")
      const { id } = JSON.parse(gone) as { readonly id: string }
      yield* remove("contacts", id)
      assert.strictEqual((yield* Command.inProcess([...run.slice(0, -1), "next"])).code, 0)
      const told = (yield* fs.readDirectory(`${directory}/acme`)).filter((name) => name.startsWith("deletedContacts."))
      const lines = yield* Effect.forEach(told, (name) => fs.readFileString(`${directory}/acme/${name}`))
      assert.match(lines.join(""), new RegExp(`^{"id":"${id}","event":"deleted".*\n$`))

      const second = yield* Command.inProcess(["fleet", "start", "acme", "--night", "second", ...tokens])
      assert.strictEqual(second.stdout, "Started the night second: 1 workspace.")
      const nights = yield* Command.inProcess(["fleet", "status", "--nights", ...state])
      assert.match(nights.stdout, /^second .* 1 waiting$/m)
      assert.match(nights.stdout, /^first .* 3 done$/m)
      const pruned = yield* Command.inProcess(["fleet", "prune", "--keep", "0", ...state])
      assert.strictEqual(pruned.stdout, "Forgotten: next, first")

      for (const { stderr, stdout } of [ran, status, retried, nights]) assert.notInclude(stdout + stderr, "t0ken")
      assert.notInclude(yield* fs.readFileString(`${directory}/fleet.db`), "t0ken")
    }).pipe(Effect.provide([workspaces, NodeServices.layer]))
  )

  it.live("refuses what cannot be, before anything is done", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const state = ["--state", `${directory}/fleet.db`]
      const mistakes: ReadonlyArray<readonly [args: ReadonlyArray<string>, told: RegExp]> = [
        [["run", "--to", "ndjson:out/{workspace}"], /Name what to export, or write --all/],
        [["run", "contacts", "--to", "ndjson:out"], /--to takes \{workspace\}/],
        [["run", "contacts", "--to", "postgres:"], /--schema takes \{workspace\}/],
        [["run", "contacts", "--to", "-"], /A pipe keeps nothing/],
        [["run", "contacts", "--to", "nothing:{workspace}"], /"nothing" is not a format/],
        [["run", "contacts", "--to", "csv:{workspace}", "--cron", "often"], /--cron takes minute, hour/],
        [["run", "contacts", "--to", "csv:{workspace}", "--once", "--cron", "0 2 * * *"], /exclude each other/],
        [["run", "contacts", "--to", "csv:{workspace}", "--once"], /There are no workspaces: .* --tokens/],
        [
          ["run", "contacts", "--to", "csv:{workspace}", "--full", "--overlap", "60"],
          /--overlap is for nights of what/
        ],
        [["run", "tags", "--to", "csv:{workspace}", "--where", "role=user"], /--where is a search, and tags are not/],
        [["run", "contacts", "--to", "csv:{workspace}", "--fields", "emial"], /emial is no field of contacts/],
        [["run", "contacts", "--to", "csv:{workspace}", "--page-size", "151"], /--page-size is at most 150/],
        [["run", "contacts", "--to", "csv:{workspace}", "--deletions", "some"], /deletions/],
        [["start"], /There are no workspaces: .* --tokens, or list them in INTERCOM_WORKSPACES/],
        [["start", "../acme"], /is not the name of a workspace/],
        [["status", "--json", "--out", "x"], /exclude each other/]
      ]
      for (const [args, told] of mistakes) {
        const { code, stderr } = yield* Command.inProcess(["fleet", ...args, ...state])
        assert.isAbove(code, 0)
        assert.match(stderr, told)
      }
      const nothing = yield* Command.inProcess(["fleet", "status", "--state", `${directory}/none.db`])
      assert.match(nothing.stderr, /none\.db is not there: start a night first/)
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(`${directory}/names`, `short\n${"long".repeat(16)}\n`)
      const to = ["--to", "postgres:", "--schema", "in_{workspace}", "--workspaces", `${directory}/names`]
      for (const when of [["--once"], ["--cron", "0 2 * * *"]]) {
        const cut = yield* Command.inProcess(["fleet", "run", "contacts", ...to, ...when, ...state])
        assert.isAbove(cut.code, 0)
        assert.match(cut.stderr, /--schema, for the workspace (long){16}: .* in_(long){16} has 67 bytes/)
      }
      const secret = { INTERCOM_FLEET_POSTGRES_URL: "mysql://user:s3cret@host/db" }
      const wrong = yield* Command.inProcess(["fleet", "status"], secret)
      assert.strictEqual(wrong.code, 64)
      assert.match(wrong.stderr, /INTERCOM_FLEET_POSTGRES_URL/)
      assert.notInclude(wrong.stderr, "s3cret")
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
