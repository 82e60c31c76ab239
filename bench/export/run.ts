/**
 * Exports a workspace in several ways and compares them; or shows what `intercom export` takes. The command is the one
 * that `pnpm build` makes.
 *
 * node bench/export/run.ts [--contacts N] [--conversations N] [--rounds N] [--latency MS] [--concurrency N]
 * node bench/export/run.ts --memory [--contacts N] [--latency MS] [--concurrency N]
 * node bench/export/run.ts --limit N [--contacts N] [--latency MS]
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { script, serve } from "../internal/Child.ts"
import { idOf, perPage } from "../internal/Contacts.ts"
import { conversationIdOf, partsOf } from "../internal/Conversations.ts"
import { machine } from "../internal/Machine.ts"
import { median, rotate, spread, table } from "../internal/Report.ts"
import type { Resource } from "./Workspace.ts"

const exporters: { readonly [resource in Resource]: ReadonlyArray<Exporter> } = {
  contacts: ["floor", "official", "ours"],
  conversations: ["floor", "official", "officialAtOnce", "ours"]
}
type Exporter = "floor" | "official" | "officialAtOnce" | "ours"

const labels: Record<Exporter, (concurrency: number) => string> = {
  floor: (concurrency) => `undici + JSON.parse, ${concurrency} at once`,
  official: () => "intercom-client",
  officialAtOnce: (concurrency) => `intercom-client, ${concurrency} at once`,
  ours: () => "intercom export"
}

class WrongExport extends Schema.TaggedError<WrongExport>()("WrongExport", { message: Schema.String }) {}

const Run = Schema.fromJsonString(
  Schema.Struct({
    wall: Schema.Finite,
    cpu: Schema.Finite,
    peak: Schema.Finite,
    curve: Schema.Array(Schema.Finite)
  })
)

const Account = Schema.Struct({ requests: Schema.Int, refused: Schema.Int, busy: Schema.Finite })

/** What the server saw since it was asked last. */
const account = (baseUrl: string) =>
  Effect.tryPromise(async () => (await fetch(`${baseUrl}/account`)).json()).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Account))
  )

const here = (name: string) => new URL(`${name}.ts`, import.meta.url)

// ---------------------------------------------------------------------------------------------------------------------
// what is to come out
// ---------------------------------------------------------------------------------------------------------------------

/** What tells one set of records from another: how many, and a digest of their ids in order; of a conversation's parts too. */
const digest = (keys: ReadonlyArray<string>): string =>
  `${keys.length} records, ${createHash("sha256").update(keys.toSorted().join("\n")).digest("hex").slice(0, 16)}`

const expected = (resource: Resource, count: number): string =>
  digest(
    Array.from({ length: count }, (_, n) =>
      resource === "contacts" ? idOf(n) : `${conversationIdOf(n)} ${partsOf(n)}`
    )
  )

const Line = Schema.fromJsonString(
  Schema.Struct({
    id: Schema.String,
    conversation_parts: Schema.optionalKey(Schema.Struct({ conversation_parts: Schema.Array(Schema.Unknown) }))
  })
)
const decodeLine = Schema.decodeEffect(Line)

const written = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const keys = yield* fs.stream(file).pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.mapEffect((line) => decodeLine(line)),
    Stream.map(({ conversation_parts, id }) =>
      conversation_parts === undefined ? id : `${id} ${conversation_parts.conversation_parts.length}`
    ),
    Stream.runCollect
  )
  return digest(keys)
})

interface Job {
  readonly baseUrl: string
  readonly resource: Resource
  readonly concurrency: number
  /** What is to be written, as {@link digest} says it. */
  readonly digest: string
}

/** The command as it is published, start and all; it notes in a file what it took. */
const commanded = Effect.fnUntraced(function* ({ baseUrl, resource }: Job, directory: string) {
  const spawner = yield* ChildProcessSpawner
  const fs = yield* FileSystem.FileSystem
  const watched = `${directory}/watched.json`
  const command = new URL("../../packages/cli/dist/bin/intercom.js", import.meta.url).pathname
  const to = ["--to", `ndjson:${directory}`, "--quiet"]
  const code = yield* spawner.exitCode(
    ChildProcess.make(
      process.execPath,
      ["--import", new URL("watch.mjs", import.meta.url).pathname, command, "export", resource, ...to],
      {
        env: { INTERCOM_BASE_URL: baseUrl, INTERCOM_ACCESS_TOKEN: "bench", BENCH_WATCHED: watched },
        extendEnv: true,
        stdout: "ignore",
        stderr: "inherit"
      }
    )
  )
  if (code === 0) return yield* fs.readFileString(watched)
  return yield* new WrongExport({ message: `the command ended with ${code}; is it built (pnpm build)?` })
})

/** One export, checked: every record, once, with all its parts. */
const exported = Effect.fnUntraced(function* (exporter: Exporter, job: Job) {
  const spawner = yield* ChildProcessSpawner
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  const { baseUrl, concurrency, resource } = job
  yield* account(baseUrl)
  const run = yield* exporter === "ours"
    ? commanded(job, directory)
    : spawner.string(script(here(exporter), baseUrl, resource, directory, String(concurrency)))
  const asked = yield* account(baseUrl)
  const found = yield* written(`${directory}/${resource}.ndjson`)
  if (found === job.digest) return { ...(yield* Schema.decodeEffect(Run)(run)), ...asked }
  return yield* new WrongExport({
    message: `${labels[exporter](concurrency)} wrote ${resource}: ${found}, expected ${job.digest}`
  })
}, Effect.scoped)
type Result = Effect.Success<ReturnType<typeof exported>>

// ---------------------------------------------------------------------------------------------------------------------
// reports
// ---------------------------------------------------------------------------------------------------------------------

type Round = ReadonlyMap<Exporter, Result>

const mebibytes = (bytes: number): string => Math.round(bytes / 2 ** 20).toString()

const compared = (resource: Resource, count: number, concurrency: number, rounds: ReadonlyArray<Round>): string => {
  const all = exporters[resource]
  const values = (exporter: Exporter, key: "wall" | "cpu" | "peak" | "requests" | "busy") =>
    rounds.flatMap((round) => round.get(exporter)?.[key] ?? [])
  const seconds = (exporter: Exporter, key: "wall" | "cpu") =>
    spread(
      values(exporter, key).map((millis) => millis / 1000),
      1
    )
  const ratio = (exporter: Exporter, key: "wall" | "cpu", to: Exporter) => {
    const others = values(to, key)
    return spread(
      values(exporter, key).map((value, round) => value / (others[round] ?? Number.NaN)),
      2
    )
  }
  const rows = all.map((exporter) => [
    labels[exporter](concurrency),
    seconds(exporter, "wall"),
    Math.round(count / (median(values(exporter, "wall")) / 1000)).toLocaleString("en"),
    ...all.filter((other) => other.startsWith("official")).map((other) => ratio(exporter, "wall", other)),
    seconds(exporter, "cpu"),
    ratio(exporter, "cpu", "official"),
    mebibytes(median(values(exporter, "peak"))),
    median(values(exporter, "requests")).toLocaleString("en"),
    `${Math.round(100 * median(values(exporter, "busy")))} %`
  ])
  return table([
    [
      resource,
      "s",
      "records/s",
      ...all.filter((other) => other.startsWith("official")).map((other) => `÷ ${labels[other](concurrency)}`),
      "CPU s",
      "÷ intercom-client",
      "peak MiB",
      "requests",
      "server busy"
    ],
    ...rows
  ])
}

const compare = Effect.fnUntraced(function* (job: Job, count: number, rounds: number) {
  const results: Array<Round> = []
  for (let index = 0; index < rounds; index++) {
    const round = new Map<Exporter, Result>()
    for (const exporter of rotate(exporters[job.resource], index)) round.set(exporter, yield* exported(exporter, job))
    results.push(round)
  }
  yield* Console.log(
    `${count.toLocaleString("en")} ${job.resource}, ${rounds} round${rounds === 1 ? "" : "s"}: median (min–max)\n`
  )
  yield* Console.log(`${compared(job.resource, count, job.concurrency, results)}\n`)
})

const quantiles = [0.1, 0.25, 0.5, 0.75, 0.9] as const

const memory = Effect.fnUntraced(function* (largest: number, concurrency: number, latency: number) {
  const rows: Array<ReadonlyArray<string>> = []
  for (const count of [largest / 100, largest / 10, largest].map(Math.ceil)) {
    const result = yield* Effect.gen(function* () {
      const baseUrl = yield* serve(here("server"), String(count), "0", String(latency), "0")
      const digest = expected("contacts", count)
      return yield* exported("ours", { baseUrl, resource: "contacts", concurrency, digest })
    }).pipe(Effect.scoped)
    const at = (part: number) => result.curve[Math.floor(part * result.curve.length)] ?? Number.NaN
    rows.push([
      count.toLocaleString("en"),
      (result.wall / 1000).toFixed(1),
      Math.round(count / (result.wall / 1000)).toLocaleString("en"),
      ...quantiles.map((part) => mebibytes(at(part))),
      mebibytes(result.peak)
    ])
  }
  yield* Console.log("resident memory of `intercom export contacts`, at parts of its time; in MiB\n")
  const head = ["contacts", "s", "records/s", ...quantiles.map((part) => `${100 * part} %`), "peak"]
  yield* Console.log(table([head, ...rows]))
})

const windowSeconds = 10

const limited = Effect.fnUntraced(function* (job: Job, count: number, limit: number) {
  const { refused, requests, wall } = yield* exported("ours", job)
  const needed = Math.ceil(count / perPage)
  const bound = (requests: number) => (requests / limit) * windowSeconds
  const row = (what: string, value: string) => [what, value]
  yield* Console.log(
    table([
      row(`${count.toLocaleString("en")} contacts, ${limit} requests in ${windowSeconds} s`, ""),
      row("pages needed", String(needed)),
      row("requests sent", String(requests)),
      row("answered 429", String(refused)),
      row("s", (wall / 1000).toFixed(1)),
      row("bound by the pages needed, s", bound(needed).toFixed(1)),
      row("÷ that bound", (wall / 1000 / bound(needed)).toFixed(2))
    ])
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// the command
// ---------------------------------------------------------------------------------------------------------------------

const count = (name: string, description: string) =>
  Flag.Int(name).pipe(Flag.withDescription(description), Flag.optional)

const run = Command.make(
  "export",
  {
    contacts: count("contacts", "contacts in the workspace; 150,000 when left out, 1,000,000 with --memory"),
    conversations: count("conversations", "conversations in the workspace; 20,000 when left out"),
    rounds: Flag.Int("rounds").pipe(Flag.withDescription("exports of each kind"), Flag.withDefault(3)),
    latency: count("latency", "milliseconds before each answer; 20 when left out, 100 with --limit"),
    concurrency: Flag.Int("concurrency").pipe(
      Flag.withDescription("done at once by those that do not find it out"),
      Flag.withDefault(8)
    ),
    memory: Flag.Boolean("memory").pipe(
      Flag.withDescription("how memory grows with the size of the workspace"),
      Flag.withDefault(false)
    ),
    limit: count("limit", "an export of contacts against that many requests in 10 seconds")
  },
  Effect.fn(function* ({ concurrency, contacts, conversations, latency, limit, memory: onlyMemory, rounds }) {
    yield* Console.log(`${machine()}\n`)
    const counts: { readonly [resource in Resource]: number } = {
      contacts: Option.getOrElse(contacts, () => 150_000),
      conversations: Option.isSome(limit) ? 0 : Option.getOrElse(conversations, () => 20_000)
    }
    const millis = Option.getOrElse(latency, () => (Option.isSome(limit) ? 100 : 20))
    if (onlyMemory) {
      yield* Console.log(`${millis} ms before each answer\n`)
      return yield* memory(
        Option.getOrElse(contacts, () => 1_000_000),
        concurrency,
        millis
      )
    }
    const most = Option.getOrElse(limit, () => 0)
    const baseUrl = yield* serve(
      here("server"),
      ...[counts.contacts, counts.conversations, millis, most].map((argument) => String(argument))
    )
    const job = (resource: Resource): Job => ({
      baseUrl,
      resource,
      concurrency,
      digest: expected(resource, counts[resource])
    })
    if (most > 0) return yield* limited(job("contacts"), counts.contacts, most)
    yield* Console.log(`${millis} ms before each answer\n`)
    if (counts.contacts > 0) yield* compare(job("contacts"), counts.contacts, rounds)
    if (counts.conversations > 0) yield* compare(job("conversations"), counts.conversations, rounds)
  }, Effect.scoped)
)

run.pipe(Command.run({ version: "0.0.0" }), Effect.provide(NodeServices.layer), NodeRuntime.runMain)
