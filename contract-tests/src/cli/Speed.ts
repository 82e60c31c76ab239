/**
 * What each layer of the suite costs: checks a second, next to asking Prism's own command with `fetch`. Layers take
 * turns, so that a busy machine slows all of them.
 */
import * as fc from "fast-check"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createLogger } from "@stoplight/prism-core"
import { createInstance, getHttpOperationsFromSpec, type IHttpConfig } from "@stoplight/prism-http"
import * as Contract from "../checks/Contract.ts"
import * as Document from "../document/Document.ts"
import * as EffectiveDocument from "../document/EffectiveDocument.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as Generate from "../schema/Generate.ts"
import * as PrismCommand from "./PrismCommand.ts"
import * as Requests from "../checks/Requests.ts"
import * as Responses from "../checks/Responses.ts"
import { accepts, requests, Subject } from "../subject/Subject.ts"

/** Does a number of checks; the round decides the samples. */
interface Layer {
  readonly name: string
  readonly checks: number
  readonly run: (round: number) => Effect.Effect<unknown>
}

/** Checks a second, a number for each round. */
export interface Speed {
  readonly name: string
  readonly perSecond: ReadonlyArray<number>
}

/** Prism without HTTP. */
const inProcess = (document: Schema.Json, log: Parameters<typeof createLogger>[1]) =>
  Effect.promise(async () => {
    const config: IHttpConfig = {
      isProxy: false,
      checkSecurity: true,
      validateRequest: true,
      validateResponse: false,
      errors: true,
      upstreamProxy: undefined,
      mock: { dynamic: false }
    }
    const operations = await getHttpOperationsFromSpec(structuredClone(document) as object)
    const prism = createInstance(config, { logger: createLogger("prism", log) })
    return ({ headers, sent, url }: Exchange.Exchange) =>
      prism.request(
        {
          method: "post",
          url: { path: url.pathname, query: {} },
          headers: { ...headers },
          body: JSON.parse(sent ?? "null") as unknown
        },
        operations,
        // Prism keeps the first `Accept` header in what it is given.
        { ...config, mock: { dynamic: false } }
      )()
  })

/** The address of Prism's own command; what it writes is read and dropped. */
const ownCommand = Effect.gen(function* () {
  const { process } = yield* PrismCommand.start({ port: 0, stdout: "pipe" })
  const address = yield* Deferred.make<string>()
  yield* process.stdout.pipe(
    Stream.decodeText,
    Stream.splitLines,
    Stream.runForEach((line) => {
      const found = PrismCommand.addressIn(line)
      return found === undefined ? Effect.void : Deferred.succeed(address, found)
    }),
    Effect.forkScoped
  )
  return yield* Deferred.await(address)
})

const pairOf = ({ pairs }: Subject["Service"], name: string) =>
  Effect.fromOption(Option.fromUndefinedOr(pairs.find(({ operation }) => operation.name === name)))

/** The layers, on `POST /contacts` (what is sent) and `GET /contacts` (what comes back). */
const layers = Effect.fnUntraced(function* (document: Schema.Json, checks: number) {
  const subject = yield* Subject
  const creating = yield* pairOf(subject, "POST /contacts")
  const listing = yield* pairOf(subject, "GET /contacts")
  const address = yield* ownCommand
  const instance = yield* inProcess(document, { level: "silent" })
  const call = (pair: typeof creating, request: object, send: Exchange.Send) =>
    Exchange.through(subject.client.call(pair.client.name, request), send)
  const samples = (seed: number) =>
    fc
      .sample(requests(creating.client), { seed, numRuns: checks * 2 })
      .filter((request) => accepts(creating.client, request))
      .slice(0, checks)
  const requested = samples(1)
  const exchanges = (yield* Effect.forEach(requested, (request) =>
    call(creating, request, Exchange.canned(200, "{}"))
  )).flatMap(({ exchanges }) => exchanges)
  const [response] = Document.successes(listing.operation)
  const schema = response && Document.jsonOf(response.content)
  const bodies =
    schema === undefined ? [] : fc.sample(Generate.values(schema, { extraKeys: true }), { seed: 1, numRuns: checks })
  const all: ReadonlyArray<Layer> = [
    {
      name: "generate a request",
      checks,
      run: (round) => Effect.sync(() => fc.sample(requests(creating.client), { seed: round, numRuns: checks }))
    },
    {
      name: "judge a request (Ajv, closed world)",
      checks: exchanges.length,
      run: () =>
        Effect.sync(() => exchanges.map((exchange) => Requests.sent(subject.validator, creating.operation, exchange)))
    },
    {
      name: "encode, send and judge a request, no server",
      checks: requested.length,
      run: () =>
        Effect.forEach(requested, (request) =>
          Effect.map(call(creating, request, Exchange.canned(200, "{}")), ({ exchanges: [exchange] }) =>
            exchange === undefined ? [] : Requests.sent(subject.validator, creating.operation, exchange)
          )
        )
    },
    {
      name: "decode an answer and compare it",
      checks: bodies.length,
      run: () =>
        Effect.forEach(bodies, (body) =>
          Effect.map(call(listing, { query: {} }, Exchange.canned(200, JSON.stringify(body))), (outcome) =>
            response === undefined ? [] : Responses.judge(listing.operation, response, outcome)
          )
        )
    },
    {
      name: "Prism in process, no HTTP",
      checks: exchanges.length,
      run: () => Effect.forEach(exchanges, (exchange) => Effect.promise(() => instance(exchange)))
    },
    {
      name: "Prism in process, over HTTP, by the client",
      checks: requested.length,
      run: () =>
        Effect.forEach(requested, (request) =>
          Effect.map(call(creating, request, subject.prism.send()), ({ exchanges: [exchange] }) =>
            exchange === undefined ? [] : Requests.judge(subject, creating.operation, exchange)
          )
        )
    },
    {
      name: plain,
      checks: exchanges.length,
      run: () =>
        Effect.forEach(exchanges, ({ headers, method, sent, url }) =>
          Effect.promise(async () => {
            const answer = await fetch(address + url.pathname, { method, headers, body: sent ?? null })
            return await answer.text()
          })
        )
    }
  ]
  return all
})

/** What everything is compared with. */
export const plain = "plain prism command, over HTTP, by fetch"

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const start = performance.now()
    return Effect.map(effect, (value) => [value, (performance.now() - start) / 1000] as const)
  })

/** Measures every layer, in turns, and the whole suite last. */
export const measure = Effect.fn("Speed.measure")(function* (options: {
  readonly rounds: number
  readonly checks: number
  readonly suites: number
}) {
  const { document } = yield* EffectiveDocument.load()
  const speeds = yield* Effect.gen(function* () {
    const all = yield* layers(document, options.checks)
    const perSecond = new Map<string, Array<number>>(all.map(({ name }) => [name, []]))
    // The first round warms up.
    for (let round = 0; round <= options.rounds; round++) {
      for (const layer of all) {
        const [, seconds] = yield* timed(layer.run(round))
        if (round > 0) perSecond.get(layer.name)?.push(layer.checks / seconds)
      }
    }
    return [...perSecond].map(([name, perSecond]): Speed => ({ name, perSecond }))
  }).pipe(
    Effect.provide(Subject.layer(document, { seed: Contract.defaultSeed, runs: Contract.defaultRuns })),
    Effect.scoped
  )
  const suites = yield* Effect.forEach(Array.from({ length: options.suites }), () => timed(Contract.run()))
  const whole = suites.map(([report, seconds]) => ({
    seconds,
    checks: report.canaries + report.rows.reduce((sum, { runs }) => sum + runs, 0)
  }))
  return { speeds, whole }
})

const middle = (numbers: ReadonlyArray<number>): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

const whole = (value: number): string => Math.round(value).toLocaleString("en")

/** A Markdown table. */
export const table = ({ speeds, whole: suites }: Effect.Success<ReturnType<typeof measure>>): string => {
  const yardstick = middle(speeds.find(({ name }) => name === plain)?.perSecond ?? [])
  const row = (name: string, perSecond: ReadonlyArray<number>) => [
    name,
    whole(middle(perSecond)),
    `${whole(Math.min(...perSecond))}–${whole(Math.max(...perSecond))}`,
    (middle(perSecond) / yardstick).toFixed(1)
  ]
  const rows = [
    ["layer", "checks/s", "range", "÷ plain prism"],
    ...speeds.map(({ name, perSecond }) => row(name, perSecond)),
    ...(suites.length === 0
      ? []
      : [
          row(
            "the whole suite",
            suites.map(({ checks, seconds }) => checks / seconds)
          )
        ])
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map(
    (row) =>
      `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`
  )
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`
  const seconds = suites.map(({ seconds }) => seconds.toFixed(1)).join(", ")
  return [
    ...lines.slice(0, 1),
    rule,
    ...lines.slice(1),
    ...(suites.length === 0 ? [] : ["", `the whole suite: ${whole(suites[0]?.checks ?? 0)} checks in ${seconds} s`])
  ].join("\n")
}

const flags = {
  rounds: Flag.Int("rounds").pipe(Flag.withDescription("turns of each layer"), Flag.withDefault(7)),
  checks: Flag.Int("checks").pipe(Flag.withDescription("checks in a turn"), Flag.withDefault(200)),
  suites: Flag.Int("suites").pipe(Flag.withDescription("runs of the whole suite"), Flag.withDefault(1))
}

/** The command behind `bench/contract`. */
export const command = Command.make("speed", flags, (options) =>
  Effect.flatMap(measure(options), (measured) => Console.log(table(measured)))
).pipe(Command.withDescription("How many checks a second each layer of the suite makes"))
