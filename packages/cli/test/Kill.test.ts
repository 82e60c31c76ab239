/**
 * Exports killed with SIGKILL, again and again, at random requests and moments, while the API fails now and then: what is
 * finished in the end must be what an undisturbed export wrote. `INTERCOM_TEST_KILLS` is how often each kind of output is
 * killed; without it, one kind is, once, and fewer are suspended.
 */
import * as Faults from "@effect-intercom/simulator/Faults"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Random from "effect/Random"
import { DatabaseSync } from "node:sqlite"
import * as Command from "./Command.ts"

const asked = process.env["INTERCOM_TEST_KILLS"]
const kills = Number(asked ?? "1")

const resources = ["tags", "contacts", "conversations", "articles"]

/** Requests of one undisturbed export, roughly. */
const requests = 50

/** How often one export is killed: resources side by side are not far when it comes early each time. */
const mostTimes = asked === undefined ? 3 : 6

const destinations = {
  "ndjson:": "",
  "ndjson.gz:": "",
  "ndjson.zst:": "",
  "csv:": "",
  "parquet:": "",
  "sqlite:": "/workspace.db",
  "duckdb:": "/workspace.duckdb"
}

/** What is in the place, counted and digested again. */
const digested = (directory: string, to: string) =>
  Effect.map(Command.inProcess(["export", "verify", to]), ({ code, stderr, stdout }) => {
    assert.strictEqual(code, 0, stdout + stderr)
    return stdout.replaceAll(directory, "DIR")
  })

describe("an export that is killed", () => {
  for (const [format, file] of Object.entries(destinations)) {
    if (asked === undefined && format !== "ndjson.zst:") continue
    it.live(
      `ends as if nothing had been: ${format}`,
      () =>
        Effect.gen(function* () {
          const simulator = yield* Simulator
          const env = { INTERCOM_ACCESS_TOKEN: "simulator-token", INTERCOM_BASE_URL: simulator.url }
          const args = (to: string) => ["export", ...resources, "--to", to, "--page-size", "10", "--concurrency", "3"]

          const calm = yield* Command.temporary
          const undisturbed = `${format}${calm}${file}`
          assert.strictEqual((yield* Command.inProcess(args(undisturbed), env)).code, 0)
          const expected = yield* digested(calm, undisturbed)
          assert.include(expected, "conversations")

          /** Starts the command, and kills it at a request, or somewhat later, or never; whether it came to its end before. */
          const ended = (to: string, isKilled: boolean) =>
            Effect.scoped(
              Effect.gen(function* () {
                const at = isKilled ? yield* Random.nextIntBetween(2, requests / 2) : Infinity
                const delay = yield* Random.nextIntBetween(0, 30)
                let seen = 0
                const counted = Faults.when(() => {
                  seen += 1
                  return false
                }, Faults.none)
                yield* simulator.setFaults(Faults.all(counted, Faults.rate(0.02, ["error503", "reset"])))
                const { result, signal } = yield* Command.start(args(to), env)
                const death = Command.until(Effect.sync(() => seen >= at)).pipe(
                  Effect.andThen(Effect.sleep(delay)),
                  Effect.andThen(signal("SIGKILL")),
                  Effect.andThen(result)
                )
                const { code, stderr } = yield* Effect.raceFirst(death, result)
                // A process that was killed has no exit code.
                assert.include([-1, 0], code, stderr)
                return code === 0
              })
            )

          let killed = 0
          while (killed < kills) {
            const directory = yield* Command.temporary
            const to = `${format}${directory}${file}`
            for (let times = 0; !(yield* ended(to, times < mostTimes)); times += 1) killed += 1
            assert.strictEqual(yield* digested(directory, to), expected)
          }
        }).pipe(
          Random.withSeed(format),
          Effect.provide(Simulator.layer({ contacts: 160, conversations: 14, articles: 40 })),
          Effect.provide(NodeServices.layer)
        ),
      120_000 + kills * 15_000
    )
  }
})

/** Whether somebody is within a transaction that writes. */
const isLocked = (file: string) => {
  const database = new DatabaseSync(file)
  try {
    database.exec("BEGIN IMMEDIATE; ROLLBACK")
    return false
  } catch (error) {
    assert.match(String(error), /database is locked/)
    return true
  } finally {
    database.close()
  }
}

/** The lock of each kind of output; while a process has a file of DuckDB open, suspended or not, no other opens it. */
const locks = { "ndjson:": "/export.lock", "parquet:": "/export.lock", "sqlite:": "/workspace.db.lock" }

describe("an export that is suspended, while another starts over and is stopped", () => {
  for (const [format, lock] of Object.entries(locks)) {
    if (asked === undefined && format !== "ndjson:") continue
    it.live(
      `fails when it continues, and nothing is lost: ${format}`,
      () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const simulator = yield* Simulator
          const env = { INTERCOM_ACCESS_TOKEN: "simulator-token", INTERCOM_BASE_URL: simulator.url }
          const directory = yield* Command.temporary
          const to = `${format}${directory}${format === "sqlite:" ? "/workspace.db" : ""}`
          const args = ["export", "contacts", "--to", to, "--page-size", "10", "--concurrency", "1"]

          let seen = 0
          const counted = Faults.when(() => {
            seen += 1
            return false
          }, Faults.none)
          yield* simulator.setFaults(counted)
          const requests = (count: number) => {
            const from = seen
            return Command.until(Effect.sync(() => seen >= from + count))
          }

          const suspended = yield* Command.start(args, env)
          yield* requests(20)
          yield* suspended.signal("SIGSTOP")
          // What stands still within a transaction of SQLite keeps everybody out, and nobody could start over.
          const database = `${directory}/workspace.db`
          while ((yield* fs.exists(database)) && isLocked(database)) {
            yield* suspended.signal("SIGCONT")
            yield* requests(1)
            yield* suspended.signal("SIGSTOP")
          }
          // As it is after a minute without a renewal.
          const path = `${directory}${lock}`
          const text = yield* fs.readFileString(path)
          yield* fs.writeFileString(
            path,
            text.replace(/"renewedAt": "[^"]*"/, `"renewedAt": "2026-01-01T00:00:00.000Z"`)
          )

          const another = yield* Command.start([...args, "--restart"], env)
          const early = Effect.flatMap(another.result, ({ stderr }) => Effect.die(new Error(`it ended: ${stderr}`)))
          yield* Effect.raceFirst(requests(20), early)
          yield* another.signal("SIGINT")
          assert.strictEqual((yield* another.result).code, 130)

          yield* suspended.signal("SIGCONT")
          const { code, stderr } = yield* suspended.result
          assert.strictEqual(code, 1, stderr)
          assert.match(stderr, new RegExp(`lost its lock on .*process ${another.child.pid} on .* took over`))
          assert.notInclude(stderr, "is kept")

          const { code: last, stderr: told } = yield* Command.inProcess(args, env)
          assert.strictEqual(last, 0, told)
          assert.match(told, /resuming after [1-9]\d* records/)
          assert.match(yield* digested(directory, to), /\b600\b/)
        }).pipe(
          Effect.scoped,
          Effect.provide(Simulator.layer({ contacts: 600, latency: "10 millis" })),
          Effect.provide(NodeServices.layer)
        ),
      120_000
    )
  }
})
