/**
 * What checking a page costs next to parsing it: `node bench/decode/run.ts [--rounds N]`. One process, blocks of pages
 * in turn, so that a busy machine slows all of them; the fastest block says what the code costs, the median what one
 * sees.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ContactList } from "@effect-intercom/core/resources/Contacts"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaJITCompiler from "effect/schema/SchemaJITCompiler"
import { typeGuard } from "@effect-intercom/core/internal/TypeGuard"
import { page, perPage } from "../internal/Contacts.ts"
import { machine } from "../internal/Machine.ts"
import { median, table } from "../internal/Report.ts"

const pagesPerBlock = 20

// A workspace's pages differ; one page again and again would flatter every contestant.
const bodies = Array.from({ length: pagesPerBlock }, (_, index) => JSON.stringify(page(index, 1_000_000)))

const contestants = Effect.sync(() => {
  SchemaJITCompiler.enable(ContactList.ast)
  return {
    "this client (guard)": typeGuard(ContactList),
    "Schema.is, JIT": Schema.is(ContactList),
    "Schema.decodeUnknown, JIT": Schema.decodeUnknownResult(ContactList)
  }
})

/** The time `f` takes, in microseconds. */
const time = <A>(f: () => A): readonly [A, number] => {
  const start = performance.now()
  const result = f()
  return [result, (performance.now() - start) * 1000]
}

const run = Command.make(
  "decode",
  { rounds: Flag.Int("rounds").pipe(Flag.withDescription("blocks of each kind"), Flag.withDefault(50)) },
  Effect.fn(function* ({ rounds }) {
    const checks = Object.entries(yield* contestants)
    const samples = new Map<string, Array<number>>(
      ["JSON.parse", ...checks.map(([name]) => name)].map((name) => [name, []])
    )
    for (let round = 0; round < rounds; round++) {
      for (const [name, check] of checks) {
        let parsing = 0
        let checking = 0
        for (const body of bodies) {
          // Freshly parsed, as in a walk: what was just written is still in the processor's caches.
          const [parsed, parseTime] = time(() => JSON.parse(body) as unknown)
          const [, checkTime] = time(() => check(parsed))
          parsing += parseTime
          checking += checkTime
        }
        samples.get("JSON.parse")?.push(parsing / pagesPerBlock)
        samples.get(name)?.push(checking / pagesPerBlock)
      }
    }
    yield* Console.log(`${machine()}\n\n${perPage} contacts a page, ${bodies[0]?.length ?? 0} characters\n`)
    yield* Console.log(
      table([
        ["µs per page", "first", "fastest", "median"],
        ...Array.from(samples, ([name, micros]) => [
          name,
          ...[micros[0] ?? Number.NaN, Math.min(...micros), median(micros)].map((value) => value.toFixed(0))
        ])
      ])
    )
  })
)

run.pipe(Command.run({ version: "0.0.0" }), Effect.provide(NodeServices.layer), NodeRuntime.runMain)
