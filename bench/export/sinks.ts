/**
 * What sinks take for the same contacts, given a page at a time: no request, no schema. Each is a process of its own, in the
 * same round as the one that writes lines of JSON, which it is compared with.
 *
 * node bench/export/sinks.ts [--contacts N] [--rounds N]
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Schema from "effect/Schema"
import { script } from "../internal/Child.ts"
import { median, rotate, spread, table } from "../internal/Report.ts"

const kinds = ["ndjson", "parquet", "sqlite", "duckdb"] as const

const Run = Schema.fromJsonString(Schema.Struct({ wall: Schema.Finite, cpu: Schema.Finite, peak: Schema.Finite }))

const once = Effect.fnUntraced(function* (kind: string, contacts: number) {
  const directory = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped({ prefix: "bench-" })
  const child = script(new URL("./sinkChild.ts", import.meta.url), kind, directory, String(contacts))
  const text = yield* ChildProcessSpawner.use(({ string }) => string(child))
  return yield* Schema.decodeUnknownEffect(Run)(text)
}, Effect.scoped)

const command = Command.make(
  "sinks",
  {
    contacts: Flag.Int("contacts").pipe(Flag.withDefault(10_000)),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(3))
  },
  Effect.fnUntraced(function* ({ contacts, rounds }) {
    const runs = new Map(kinds.map((kind) => [kind, [] as Array<typeof Run.Type>]))
    for (let round = 0; round < rounds; round++) {
      for (const kind of rotate(kinds, round)) runs.get(kind)?.push(yield* once(kind, contacts))
    }
    const lines = runs.get("ndjson") ?? []
    const rows = [...runs].map(([kind, all]) => [
      kind,
      spread(
        all.map(({ cpu }) => cpu / 1000),
        2
      ),
      spread(
        all.map(({ cpu }, round) => cpu / (lines[round]?.cpu ?? Number.NaN)),
        1
      ),
      (median(all.map(({ peak }) => peak)) / 1e6).toFixed(0)
    ])
    yield* Console.log(`${contacts} contacts\n\n${table([["sink", "CPU, s", "to ndjson's", "peak, MB"], ...rows])}`)
  })
)

Command.run(command, { version: "0" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
