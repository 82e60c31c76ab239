/**
 * Walks a workspace's contacts three ways and compares them: `node bench/walk/run.ts [--records N] [--rounds N]`.
 * Every walk is a process of its own; a round is one walk each, in rotated order.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Schema from "effect/Schema"
import { script, serve } from "../internal/Child.ts"
import { idOf, Tally } from "../internal/Contacts.ts"
import { median, rotate, spread, table } from "../internal/Report.ts"
import { machine } from "../internal/Machine.ts"

const walkers = ["floor", "official", "client"] as const
type Walker = (typeof walkers)[number]

const labels: Record<Walker, string> = {
  floor: "undici + JSON.parse",
  official: "intercom-client",
  client: "effect-intercom, all validated"
}

class WrongWalk extends Schema.TaggedError<WrongWalk>()("WrongWalk", { message: Schema.String }) {}

const Walk = Schema.fromJsonString(
  Schema.Struct({
    records: Schema.Int,
    checksum: Schema.String,
    wall: Schema.Finite,
    cpu: Schema.Finite,
    peak: Schema.Finite
  })
)
type Walk = typeof Walk.Type

const here = (name: string) => new URL(`${name}.ts`, import.meta.url)

const expected = (records: number): string => {
  const tally = new Tally()
  for (let n = 0; n < records; n++) tally.add(idOf(n))
  return tally.checksum
}

/** One walk, checked: every record, in order, once. */
const walk = Effect.fnUntraced(function* (walker: Walker, baseUrl: string, records: number, checksum: string) {
  const spawner = yield* ChildProcessSpawner
  const output = yield* spawner.string(script(here(walker), baseUrl))
  const result = yield* Schema.decodeEffect(Walk)(output)
  if (result.records === records && result.checksum === checksum) return result
  return yield* new WrongWalk({
    message:
      `${labels[walker]} saw ${result.records} records with checksum ${result.checksum}, ` +
      `expected ${records} with ${checksum}`
  })
})

const report = (records: number, rounds: ReadonlyArray<Record<Walker, Walk>>): string => {
  const rows = walkers.map((walker) => {
    const of = (key: keyof Walk & ("wall" | "cpu" | "peak")) => rounds.map((round) => round[walker][key])
    const ratio = (key: "wall" | "cpu", to: Walker) =>
      spread(
        rounds.map((round) => round[walker][key] / round[to][key]),
        2
      )
    return [
      labels[walker],
      spread(of("wall"), 0),
      Math.round(records / (median(of("wall")) / 1000)).toLocaleString("en"),
      ratio("wall", "floor"),
      ratio("wall", "official"),
      spread(of("cpu"), 0),
      ratio("cpu", "floor"),
      ratio("cpu", "official"),
      Math.round(median(of("peak")) / 2 ** 20).toString()
    ]
  })
  const ratios = ["÷ floor", "÷ intercom-client"]
  return table([["", "ms", "records/s", ...ratios, "CPU ms", ...ratios, "peak MiB"], ...rows])
}

const run = Command.make(
  "walk",
  {
    records: Flag.Int("records").pipe(Flag.withDescription("contacts in the workspace"), Flag.withDefault(150_000)),
    rounds: Flag.Int("rounds").pipe(Flag.withDescription("walks of each kind"), Flag.withDefault(5))
  },
  Effect.fn(function* ({ records, rounds }) {
    yield* Console.log(`${machine()}\n`)
    const baseUrl = yield* serve(here("server"), String(records))
    const checksum = expected(records)
    const results: Array<Record<Walker, Walk>> = []
    for (let round = 0; round < rounds; round++) {
      const walks: Array<readonly [Walker, Walk]> = []
      for (const walker of rotate(walkers, round)) {
        walks.push([walker, yield* walk(walker, baseUrl, records, checksum)])
      }
      // Every walker is in the list.
      results.push(Object.fromEntries(walks) as Record<Walker, Walk>)
    }
    yield* Console.log(
      `${records.toLocaleString("en")} contacts, ${rounds} round${rounds === 1 ? "" : "s"}: median (min–max)\n`
    )
    yield* Console.log(report(records, results))
  }, Effect.scoped)
)

run.pipe(Command.run({ version: "0.0.0" }), Effect.provide(NodeServices.layer), NodeRuntime.runMain)
