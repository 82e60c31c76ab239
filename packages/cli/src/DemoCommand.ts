/** `intercom demo`: the whole system on one screen: a limited, faulty Intercom is exported and checked. */
import { Intercom } from "@effect-intercom/core/Intercom"
import * as IntercomMetrics from "@effect-intercom/core/IntercomMetrics"
import * as Faults from "@effect-intercom/simulator/Faults"
import * as RateLimit from "@effect-intercom/simulator/RateLimit"
import { Simulator, type Stats } from "@effect-intercom/simulator/Simulator"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Directory from "@effect-intercom/export/Directory"
import { Sha256 } from "@effect-intercom/export/Sha256"
import * as Connection from "./Connection.ts"
import * as Destination from "./Destination.ts"
import { run } from "./ExportCommand.ts"
import * as Format from "@effect-intercom/export/Format"
import * as Verify from "@effect-intercom/export/Verify"
import * as Style from "./Style.ts"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as Network from "./Network.ts"
import * as Reporter from "./Reporter.ts"
import { faultsFlag, rateLimitFlag } from "./SimulateCommand.ts"

/** A directory that is not the demo's is left alone. */
export class NotTheDemos extends Schema.TaggedError<NotTheDemos>()("NotTheDemos", { path: Schema.String }) {
  override get message(): string {
    return `${this.path} has files that are not the demo's, which would delete them: choose another directory with --out.`
  }
}

/** What was exported is not what the simulator holds. */
export class Differs extends Schema.TaggedError<Differs>()("Differs", { resources: Schema.Array(Schema.String) }) {
  override get message(): string {
    return `The exported ${this.resources.join(" and ")} differ from what the simulator holds: please report this.`
  }
}

const marker = ".effect-intercom-demo"

/** Empties the demo's directory; makes it when there is none. */
const prepare = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* Directory.make(directory)
  const names = yield* fs.readDirectory(directory)
  if (names.length > 0 && !names.includes(marker)) return yield* new NotTheDemos({ path: directory })
  yield* Effect.forEach(names, (name) => fs.remove(path.join(directory, name), { recursive: true }), { discard: true })
  yield* fs.writeFileString(path.join(directory, marker), "The demo empties this directory each time it runs.\n")
})

const resources = ["contacts", "companies", "conversations"] as const

/** Compares each file with what the simulator holds, byte for byte. */
export const compare = Effect.fnUntraced(function* (directory: string, style: Style.Style) {
  const simulator = yield* Simulator
  const fs = yield* FileSystem.FileSystem
  const { join } = yield* Path.Path
  const differing: Array<string> = []
  for (const name of resources) {
    // They are exported with their parts.
    const expected = yield* simulator.snapshot(name === "conversations" ? "conversationDetails" : name)
    const hash = yield* (yield* Sha256).make
    const size = yield* Stream.runFoldEffect(
      fs.stream(join(directory, `${name}.ndjson`)),
      () => 0,
      (size, bytes) => Effect.as(hash.update(bytes), size + bytes.length)
    )
    const sha256 = yield* hash.hex
    const agrees = sha256 === expected.sha256
    if (!agrees) differing.push(name)
    yield* Console.log(
      [
        `${agrees ? style.good("✓") : style.bad("✗")} ${name.padEnd(13)}`,
        `${Format.count(expected.count).padStart(7)} records`,
        `${Format.bytes(size).padStart(9)}`,
        `sha256 ${sha256.slice(0, 16)}… ${agrees ? "as" : "not as"} in the simulator`
      ].join("  ")
    )
  }
  if (differing.length > 0) return yield* new Differs({ resources: differing })
})

/** Counts and digests the files once more, as `intercom export verify` does. */
const manifestAgrees = Effect.fnUntraced(function* (style: Style.Style) {
  const differing = (yield* Verify.outputs).filter((verdict) => !Verify.isSound(verdict)).map(({ output }) => output)
  if (differing.length > 0) return yield* new Differs({ resources: differing })
  yield* Console.log(`${style.good("✓")} ${"the manifest".padEnd(13)}  has their counts and digests`)
})

/** How often each fault was met, the commonest first; errors and error pages of servers count as one. */
const faultsOf = ({ faults }: Stats): string => {
  const counts: Record<string, number> = {}
  for (const [kind, count] of Object.entries(faults)) {
    const name = kind.replace(/^(error|html)5\d\d$/, "5xx")
    counts[name] = (counts[name] ?? 0) + count
  }
  return Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} × ${name}`)
    .join(", ")
}

/** A scroll that breaks has to expire before the next one: a minute that nobody wants to watch. */
const elsewhere = (faults: Faults.Faults) => Faults.when(({ operation }) => operation !== "Companies.scroll", faults)

const story = (stats: Stats, totals: IntercomMetrics.Totals, millis: number): string => {
  const failed = Object.values(stats.faults).reduce((sum, count) => sum + count, 0)
  return [
    `In ${Format.duration(millis)} the client sent ${Format.count(totals.requests)} requests. It met`,
    `  ${Format.plural(failed, "fault")}${failed === 0 ? "" : `: ${faultsOf(stats)}`};`,
    `  the rate limit: requests waited ${Format.plural(totals.waits, "time")}, ${Format.duration(totals.waitedMillis)} in all, ` +
      `and ${Format.plural(stats.rateLimited, "answer was a 429", "answers were 429s")};`,
    `  and sent ${Format.plural(totals.retries, "request")} again.`
  ].join("\n")
}

const hidden = (name: string, value: number) => Flag.Int(name).pipe(Flag.withHidden, Flag.withDefault(value))

export const command = Command.make(
  "demo",
  {
    out: Flag.Directory("out", { mustExist: false }).pipe(
      Flag.withAlias("o"),
      Flag.withDescription("The demo's own directory: it is emptied first (default: out/demo)"),
      Flag.withDefault("out/demo")
    ),
    seed: hidden("seed", 1),
    contacts: hidden("contacts", 3000),
    companies: hidden("companies", 500),
    conversations: hidden("conversations", 250),
    pageSize: hidden("page-size", 10),
    rateLimit: rateLimitFlag.pipe(
      Flag.withHidden,
      Flag.withDefault<RateLimit.RateLimit>({ limit: 80, window: Duration.seconds(2) })
    ),
    faults: faultsFlag.pipe(Flag.withHidden, Flag.withDefault(Faults.rate(0.02)))
  },
  Effect.fnUntraced(
    function* ({ faults, out, pageSize, rateLimit, ...counts }) {
      yield* prepare(out)
      const style = yield* Style.current
      // Stalled answers are given up soon, since the simulator is near.
      const client = Connection.watched(
        Layer.unwrap(
          Simulator.useSync(({ token, url }) =>
            Intercom.layer({ accessToken: token, baseUrl: url, timeout: "1 second", retry: { base: "100 millis" } })
          )
        ),
        Network.direct
      )

      yield* Effect.gen(function* () {
        const simulator = yield* Simulator
        const failing = Object.values(faults.probabilities).reduce((sum, one) => sum + one, 0)
        yield* Console.log(
          `A simulated Intercom at ${simulator.url} takes ${rateLimit.limit} requests each ` +
            `${Format.duration(Duration.toMillis(rateLimit.window))}; ${Math.round(failing * 100)} % of them fail. Exporting it to ${out}:\n`
        )
        const plan = { resources, pageSize, concurrency: 16 }
        const [duration] = yield* Effect.timed(
          run(plan, Reporter.fitting(resources, Reporter.lines(resources, "2 seconds")))
        )
        yield* Console.log(
          `\n${story(yield* simulator.stats, yield* IntercomMetrics.totals, Duration.toMillis(duration))}\n`
        )
        yield* compare(out, style)
        yield* manifestAgrees(style)
        yield* Console.log(
          `\nWith INTERCOM_ACCESS_TOKEN set, the same is done for a real workspace by
  ${style.bold(`intercom export ${resources.join(" ")} --to ndjson:out/workspace`)}
In the project's own checkout, that is npx --yes pnpm@12.21.0 intercom export …`
        )
      }).pipe(
        Effect.provide([client, Destination.layer({ kind: "ndjson", directory: out, compression: undefined })]),
        Effect.provide(Simulator.layer({ ...counts, faults: elsewhere(faults), rateLimit }))
      )
    },
    Effect.provide(NodeSha256.layer),
    // So that the counts are of this demo alone.
    Effect.provideServiceEffect(
      Metric.MetricRegistry,
      Effect.sync(() => new Map())
    )
  )
).pipe(
  Command.withDescription(
    "Start a simulated Intercom with a tight rate limit and faults, export it, and check every byte"
  ),
  Command.withShortDescription("Export a limited, faulty, simulated Intercom, and check every byte")
)
