/**
 * How strong the suite is against a changed document: every mutant of {@link "./Mutants.ts"} is checked in memory, the
 * comparing checks first and samples only where those say nothing, and what was found is held against what should be.
 */
import * as fc from "fast-check"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as JsonPatch from "effect/JsonPatch"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Client from "../subject/Client.ts"
import { defaultRuns, defaultSample } from "./Sampling.ts"
import * as Contract from "../checks/Contract.ts"
import * as Coverage from "../checks/Coverage.ts"
import * as Diff from "../checks/Diff.ts"
import type { Divergence } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as EffectiveDocument from "../document/EffectiveDocument.ts"
import type * as Exchange from "../subject/Exchange.ts"
import * as Generate from "../schema/Generate.ts"
import * as Mutants from "./Mutants.ts"
import * as Pairs from "../subject/Pairs.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Published from "../checks/Published.ts"
import * as DocumentDiff from "../checks/DocumentDiff.ts"
import * as Revision from "../document/Revision.ts"
import type * as MutationSites from "./MutationSites.ts"
import * as Structure from "../checks/Structure.ts"
import { accepts, type Pair, requests, type Shape } from "../subject/Subject.ts"
import * as Validator from "../schema/Validator.ts"

type Json = Schema.Json

/** What a mutant must come to, once it is known what the client can read. */
export type Class = "breaking" | "drift" | "changed" | "same"

/**
 * - `killed`: found as what it is, or as worse.
 * - `survived`: not found, or as less than it is.
 * - `quiet`: nothing to find, and nothing found.
 * - `false alarm`: found, with nothing to find.
 */
export type Verdict = "killed" | "survived" | "quiet" | "false alarm"

export interface Judged {
  readonly mutant: Mutants.Mutant
  readonly class: Class
  readonly verdict: Verdict
  /** What told: comparing both sides, or samples. */
  readonly by: "compared" | "sampled"
  readonly found: ReadonlyArray<Divergence>
  readonly millis: number
}

/**
 * `effective`: the document with its overlays is changed, and the checks are run on it. `published`: the published
 * document is, and compared with the original as `--spec` does, with overlays and without. `diff`: the document with its
 * overlays is compared with the changed one as `diff` does.
 */
export type Base = "effective" | "published" | "diff"

export interface Options extends EffectiveDocument.Options {
  readonly seed?: number | undefined
  /** How many mutants, drawn at random; all of them when left out. */
  readonly sample?: number | undefined
  /** How many of each kind, instead. */
  readonly perKind?: number | undefined
  /** These, instead of those of the document. */
  readonly mutants?: ReadonlyArray<Mutants.Mutant> | undefined
  /** Only kinds whose name has this in it. */
  readonly kind?: string | undefined
  /** Samples of each property, where comparing tells nothing. */
  readonly runs?: number | undefined
  readonly base?: Base | undefined
  /** A client with some operations: those of the effective document that it has are changed, and no others. */
  readonly client?: Client.Resources | undefined
}

export interface Outcome {
  readonly base: Base
  readonly seed: number
  /** How many there are. */
  readonly total: number
  readonly judged: ReadonlyArray<Judged>
  readonly millis: number
}

export { defaultRuns, defaultSample }

// ---------------------------------------------------------------------------------------------------------------------
// what should be found
// ---------------------------------------------------------------------------------------------------------------------

/** Judges bodies by the client's JSON Schemas; shares no code with the checks. */
const reader = () => {
  const compiled = new Map<Json, (value: unknown) => boolean>()
  return (part: Client.Part): ((value: unknown) => boolean) => {
    const known = compiled.get(part.node.value)
    if (known !== undefined) return known
    const schema = JsonNode.record(part.node)
    // The tag of an error is the program's, and is never sent.
    const required = Array.isArray(schema["required"]) ? schema["required"].filter((name) => name !== "_tag") : []
    const validate = new Ajv2020({ strict: false, logger: false }).compile({ ...schema, required })
    const judge = (value: unknown) => validate(value) === true
    compiled.set(part.node.value, judge)
    return judge
  }
}

const sampleOf = (node: JsonNode.Node, seed: number, many: number): ReadonlyArray<unknown> =>
  fc.sample(Generate.values(node), { seed, numRuns: many })

/** A value of a schema that has `end` at the end of some steps. */
const build = (
  reference: JsonNode.Node,
  steps: ReadonlyArray<MutationSites.Step>,
  end: (node: JsonNode.Node) => unknown,
  seed: number
): unknown => {
  const node = JsonNode.resolve(reference) ?? reference
  const [step, ...rest] = steps
  if (step === undefined) return end(node)
  const base = () => sampleOf(node, seed, 20).find(JsonNode.isRecord) ?? {}
  switch (step._tag) {
    case "property": {
      const child = JsonNode.child(JsonNode.child(node, "properties") ?? node, step.name)
      return child === undefined ? base() : { ...base(), [step.name]: build(child, rest, end, seed) }
    }
    case "item": {
      const child = JsonNode.child(node, "items")
      return child === undefined ? [] : [build(child, rest, end, seed)]
    }
    case "further": {
      const child = JsonNode.child(node, "additionalProperties")
      return child === undefined ? base() : { ...base(), further: build(child, rest, end, seed) }
    }
    case "part": {
      const child = JsonNode.descend(node, [step.of, String(step.index)])
      if (child === undefined) return base()
      const value = build(child, rest, end, seed)
      return step.of === "allOf" && JsonNode.isRecord(value) ? { ...base(), ...value } : value
    }
  }
}

/** What the client reads an answer with, where a chain begins. */
const readerOf = (client: Client.Client, chain: MutationSites.Chain): Client.Part | undefined => {
  const operation = client.operations.find(({ key }) => key === chain.operation.key)
  if (operation === undefined) return undefined
  if (chain.use === "response") return operation.success
  const status = chain.status ?? ""
  return [...operation.errorBodies].find(([known]) => Document.covers(status, known))?.[1]
}

/** Whether some client cannot read what an answer may hold now. */
const unreadable = (
  client: Client.Client,
  read: ReturnType<typeof reader>,
  witness: Mutants.Witness,
  seed: number
): boolean =>
  witness.site.chains
    .filter(({ use }) => use === "response" || use === "error")
    .some((chain) => {
      const part = readerOf(client, chain)
      if (part === undefined) return false
      const end = (node: JsonNode.Node): unknown => {
        if (witness._tag === "value") return witness.value
        const isWanted = (one: unknown) =>
          witness._tag === "absent" ? JsonNode.isRecord(one) : Array.isArray(one) && one.length > 0
        const value = sampleOf(node, seed, 20).find(isWanted)
        if (witness._tag === "any") return Array.isArray(value) ? (value[0] ?? null) : null
        return JsonNode.isRecord(value)
          ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== witness.name))
          : {}
      }
      return !read(part)(build(chain.from, chain.steps, end, seed))
    })

/** Whether all that read an answer can read another. */
const isRead = (
  client: Client.Client,
  read: ReturnType<typeof reader>,
  { answer, operations = [] }: Mutants.Mutant
): boolean =>
  answer !== undefined &&
  client.operations
    .filter(({ method, path }) => operations.includes(`${method} ${path}`))
    .every(({ success }) => success !== undefined && read(success)(answer))

/** The method that an alternative of a body is about. */
const aboutBranch = (client: Client.Client, operation: Document.Operation, site: MutationSites.Site) =>
  Pairs.alternativesOf(client.operations, operation)?.pairs.find(({ operation: { body } }) => {
    const schema = body && Document.jsonOf(body.content)
    return schema !== undefined && JsonNode.resolve(schema)?.pointer === site.pointer
  })?.client

/** Whether the client's types allow to leave something out of what is sent. */
const omittable = (
  client: Client.Client,
  { name, site }: Mutants.Witness & { readonly _tag: "absent" },
  seed: number
) =>
  site.chains
    .filter(({ use }) => use === "request")
    .some(({ operation, steps }) => {
      const own = steps.every(({ _tag }) => _tag === "part") ? aboutBranch(client, operation, site) : undefined
      const one = own ?? client.operations.find(({ key }) => key === operation.key)
      const payload = one?.payload
      if (one === undefined || payload === undefined || (own === undefined && steps.length > 0))
        return payload !== undefined
      return fc
        .sample(requests(one), { seed, numRuns: 200 })
        .filter((request) => accepts(one, request) && JsonNode.isRecord(request.payload))
        .some(({ payload: body }) =>
          payload.accepts(
            Object.fromEntries(Object.entries(JsonNode.isRecord(body) ? body : {}).filter(([key]) => key !== name))
          )
        )
    })

const classOf = (
  mutant: Mutants.Mutant,
  client: Client.Client,
  read: ReturnType<typeof reader>,
  seed: number
): Class => {
  const { expected, witness } = mutant
  if (expected === "widened") {
    if (witness === undefined || unreadable(client, read, witness, seed)) return "breaking"
    // What is renamed or gone is missed even where nothing breaks; so is what could be sent.
    const sent = witness.site.uses.has("request") || witness.site.uses.has("parameter")
    return sent || mutant.kind.endsWith("property") ? "drift" : "changed"
  }
  if (expected === "breaking" && witness?._tag === "absent" && mutant.kind.endsWith("required")) {
    return omittable(client, witness, seed) ? "breaking" : "changed"
  }
  if (expected === "breaking" && isRead(client, read, mutant)) return "drift"
  return expected
}

// ---------------------------------------------------------------------------------------------------------------------
// what is found
// ---------------------------------------------------------------------------------------------------------------------

/** Stands in for Prism: takes every request, and answers with the status it is asked for and a body of its schema. */
const canned = (document: Document.Document, seed: number): Shape["prism"] => ({
  url: document.server,
  send:
    (prefer = ""): Exchange.Send =>
    (request, url) =>
      Effect.sync(() => {
        const key = Document.keyOf(request.method, url.pathname)
        const operation =
          document.operations.find((one) => one.key === key) ??
          document.operations.find(
            ({ method, path }) =>
              method === request.method && new RegExp(`^${path.replaceAll(/\{[^}]*\}/g, "[^/]+")}$`).test(url.pathname)
          )
        const success = operation?.responses.find(Document.isSuccess)?.status ?? "200"
        const wanted = Number(/code=(\d+)/.exec(prefer)?.[1] ?? success.replaceAll(/x/gi, "0"))
        const response = operation && Document.responseFor(operation, wanted)
        const schema = response && Document.jsonOf(response.content)
        const body = schema === undefined ? undefined : JSON.stringify(sampleOf(schema, seed, 1)[0])
        return HttpClientResponse.fromWeb(
          request,
          new Response(body ?? null, {
            status: response === undefined ? 404 : wanted,
            headers: body === undefined ? { "content-length": "0" } : { "content-type": "application/json" }
          })
        )
      })
})

const pairsOf = (client: Client.Client, document: Document.Document): ReadonlyArray<Pair> =>
  Pairs.make(client.operations, document)

const isFailure = ({ class: severity }: Divergence) => severity !== "note"

const compared = (client: Client.Client, document: Document.Document, pairs: ReadonlyArray<Pair>) =>
  [
    ...Coverage.operations({ client, document }),
    ...pairs.flatMap((pair) => [...Coverage.check({ document }, pair), ...Structure.check({ document }, pair)])
  ].filter(isFailure)

// The checks that need no server of their own, the quick ones first. What no document permits (`malformed`) is the same
// for every document; `mocked` and `simulated` are about Prism and the simulator.
const sampling = ["requests", "responses", "errors", "refusals", "pagination", "comparator", "boundaries"]
// It takes as long as the others together, too long for each of the many mutants with nothing to find.
const slow = "boundaries"

// Schemas of half the document need not be sampled in every operation.
const most = 1

const verdictOf = (wanted: Class, found: ReadonlyArray<Divergence>): Verdict => {
  switch (wanted) {
    case "breaking":
      return found.some(({ class: severity }) => severity === "breaking") ? "killed" : "survived"
    case "drift":
      return found.length > 0 ? "killed" : "survived"
    case "changed":
    case "same":
      return found.length > 0 ? "false alarm" : "quiet"
  }
}

const sampled = Effect.fnUntraced(function* (
  client: Client.Client,
  document: Document.Document,
  pairs: ReadonlyArray<Pair>,
  parameters: { readonly seed: number; readonly runs: number },
  wanted: Class
) {
  const unused = Effect.die(new Error("the simulator is not checked here"))
  const subject: Shape = {
    ...parameters,
    document,
    validator: Validator.make(document.root),
    client,
    another: client,
    pairs,
    portion: 1,
    prism: canned(document, parameters.seed),
    simulated: {
      send: () => unused,
      ids: () => Effect.succeed({}),
      meeting: () => unused,
      listed: () => Effect.succeed(undefined)
    }
  }
  const names = sampling.filter((name) => name !== slow || wanted === "breaking" || wanted === "drift")
  const found: Array<Divergence> = []
  const chosen = new Set(pairs.map(({ operation }) => operation.name).slice(0, most))
  for (const pair of pairs.filter(({ operation }) => chosen.has(operation.name))) {
    for (const name of names) {
      if (verdictOf(wanted, found) === "killed") return found
      const { divergences } = yield* Contract.checks[name]?.(subject, pair) ?? Effect.die(new Error(`no check ${name}`))
      found.push(...divergences.filter(isFailure))
    }
  }
  return found
})

const judgeEffective = Effect.fnUntraced(function* (
  root: Json,
  mutant: Mutants.Mutant,
  wanted: Class,
  client: Client.Client,
  parameters: { readonly seed: number; readonly runs: number }
) {
  const document = Document.make(JsonPatch.apply(mutant.patch, root))
  const pairs = pairsOf(client, document)
  // What other operations are made of is as it was.
  const used = mutant.operations
  const affected = pairs.filter(({ operation }) => used === undefined || used.includes(operation.name))
  const found = compared(client, document, affected)
  const verdict = verdictOf(wanted, found)
  if (verdict === "killed" || verdict === "false alarm") return { verdict, found, by: "compared" as const }
  const more = yield* sampled(client, document, affected, parameters, wanted)
  const all = [...found, ...more]
  return { verdict: verdictOf(wanted, all), found: all, by: "sampled" as const }
})

/**
 * As `--spec` sees it, with overlays and without: whatever changed is told by both, even if the client is none the worse.
 */
const judgePublished = (
  {
    actions,
    document,
    published: root
  }: Pick<EffectiveDocument.EffectiveDocument, "actions" | "document" | "published">,
  mutant: Mutants.Mutant,
  wanted: Class,
  client: Client.Client
) => {
  const other = JsonPatch.apply(mutant.patch, root)
  if (Revision.means(root, other)) {
    return { verdict: verdictOf(wanted === "same" ? "same" : "drift", []), found: [], by: "compared" as const }
  }
  const revision = { known: root, given: Revision.align(root, other), idle: [] }
  const found = DocumentDiff.check(client, revision, []).filter(isFailure)
  const standing = DocumentDiff.compare(client, Document.make(revision.given))
  const row = (check: string, divergences: ReadonlyArray<Divergence>) => ({
    operation: "",
    check,
    runs: 1,
    divergences
  })
  const rows = [row("structure", standing), row("revision", DocumentDiff.check(client, revision, standing))]
  const plain = Published.explain({ client, rows }, { actions, document, revision }).unnamed
  // The published document by itself is not what the client reads: what breaks it can only be told with the overlays.
  const told = (all: ReadonlyArray<Divergence>) => verdictOf(wanted === "same" ? "same" : "drift", all)
  const verdicts = [told(found), told(plain)]
  const verdict = verdicts.find((one) => one === "survived" || one === "false alarm") ?? told(found)
  return { verdict, found, by: "compared" as const }
}

/** As `diff` sees it: the document with its overlays, and the changed one. */
const judgeDiff = Effect.fnUntraced(function* (
  root: Json,
  mutant: Mutants.Mutant,
  wanted: Class,
  client: Client.Client,
  parameters: { readonly seed: number; readonly runs: number }
) {
  const other = JsonPatch.apply(mutant.patch, root)
  const of = (document: Json) => ({ document, defects: [] })
  const found = Diff.compare(client, of(root), of(other)).filter(isFailure)
  const verdict = verdictOf(wanted, found)
  if (verdict === "killed" || wanted !== "breaking") return { verdict, found, by: "compared" as const }
  const document = Document.make(other)
  const affected = pairsOf(client, document).filter(
    ({ operation }) => mutant.operations === undefined || mutant.operations.includes(operation.name)
  )
  const now = yield* sampled(client, document, affected, parameters, wanted)
  const all = Diff.compare(client, of(root), of(other), { before: [], now }).filter(isFailure)
  return { verdict: verdictOf(wanted, all), found: all, by: "sampled" as const }
})

/** A mutant that is no document at all, or the same one. */
const isUseful = (root: Json) => (mutant: Mutants.Mutant) => {
  const changed = Result.try(() => JsonPatch.apply(mutant.patch, root))
  return Result.isSuccess(changed) && JSON.stringify(changed.success) !== JSON.stringify(root)
}

/** The mutants to check, drawn by the seed. */
const drawn = Effect.fnUntraced(function* (all: ReadonlyArray<Mutants.Mutant>, { perKind, sample, seed }: Options) {
  if (perKind === undefined && sample === undefined) return all
  const shuffled = yield* Random.shuffle(all).pipe(Random.withSeed(seed ?? Contract.defaultSeed))
  return perKind === undefined
    ? shuffled.slice(0, sample)
    : [...Map.groupBy(shuffled, ({ kind }) => kind).values()].flatMap((some) => some.slice(0, perKind))
})

/** Checks mutants of a document. */
export const run = Effect.fn("MutateSpec.run")(function* (options: Options = {}) {
  const { base = "effective", kind, runs = defaultRuns, seed = Contract.defaultSeed } = options
  const effective = yield* EffectiveDocument.load(options)
  const resources = options.client ?? Client.intercom
  const known = (yield* Effect.provide(Client.make(resources), Client.layer(Document.make(effective.document).server)))
    .operations
  const kept = new Set(known.map(({ key }) => key))
  const whole = base === "published" ? effective.published : effective.document
  const root = options.client === undefined || base === "published" ? whole : Document.only(whole, kept)
  const began = yield* Clock.currentTimeMillis
  const all = (options.mutants ?? Mutants.all(root)).filter(
    ({ kind: name }) => kind === undefined || name.includes(kind)
  )
  const mutants = (yield* drawn(all, options)).filter(isUseful(root))
  return yield* Effect.gen(function* () {
    const client = yield* Client.make(resources)
    const read = reader()
    const judged = yield* Effect.forEach(mutants, (mutant) =>
      Effect.gen(function* () {
        const start = yield* Clock.currentTimeMillis
        const wanted = classOf(mutant, client, read, seed)
        const result =
          base === "effective"
            ? yield* judgeEffective(root, mutant, wanted, client, { seed, runs })
            : base === "diff"
              ? yield* judgeDiff(root, mutant, wanted, client, { seed, runs })
              : judgePublished(effective, mutant, wanted, client)
        const one: Judged = { mutant, class: wanted, ...result, millis: (yield* Clock.currentTimeMillis) - start }
        return one
      })
    )
    const outcome: Outcome = {
      base,
      seed,
      total: all.length,
      judged,
      millis: (yield* Clock.currentTimeMillis) - began
    }
    return outcome
  }).pipe(Effect.provide(Client.layer(Document.make(root).server)))
})

/** What a run fails for. */
export const failures = ({ judged }: Outcome): ReadonlyArray<Judged> =>
  judged.filter(({ verdict }) => verdict === "survived" || verdict === "false alarm")

// ---------------------------------------------------------------------------------------------------------------------
// report
// ---------------------------------------------------------------------------------------------------------------------

const row = (name: string, judged: ReadonlyArray<Judged>): ReadonlyArray<string> => {
  const many = (verdict: Verdict) => judged.filter((one) => one.verdict === verdict).length
  const millis = judged.reduce((sum, one) => sum + one.millis, 0)
  return [
    name,
    String(judged.length),
    String(many("killed")),
    String(many("survived")),
    String(many("quiet")),
    String(many("false alarm")),
    String(judged.filter(({ by, verdict }) => by === "sampled" && verdict === "killed").length),
    (millis / Math.max(1, judged.length)).toFixed(0)
  ]
}

const aligned = (lines: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
    )
    .join("\n")
}

const head = ["n", "killed", "survived", "quiet", "false alarms", "by samples", "ms each"]

/** Tables by class and by kind, every mutant that went wrong, and one closing line. */
export const text = (outcome: Outcome): string => {
  const { base, judged, millis, seed, total } = outcome
  const kinds = [...new Set(judged.map(({ mutant }) => mutant.kind))]
  const classes = (["breaking", "drift", "changed", "same"] as const).filter((one) =>
    judged.some((other) => other.class === one)
  )
  const wrong = failures(outcome)
  const understated = judged.filter(
    ({ class: one, found, verdict }) =>
      one === "breaking" && verdict === "killed" && !found.some(({ class: severity }) => severity === "breaking")
  ).length
  return [
    ...wrong.map(
      ({ class: wanted, found, mutant, verdict }) =>
        `${verdict} ${wanted}: ${mutant.kind} ${mutant.operator} at #${mutant.pointer}: ${mutant.description}` +
        (found.length === 0 ? "" : ` | ${found[0]?.class} ${found[0]?.operation}: ${found[0]?.message}`)
    ),
    ...(wrong.length > 0 ? [""] : []),
    aligned([
      ["kind", ...head],
      ...kinds.map((kind) =>
        row(
          kind,
          judged.filter(({ mutant }) => mutant.kind === kind)
        )
      )
    ]),
    "",
    aligned([
      ["class", ...head],
      ...classes.map((one) =>
        row(
          one,
          judged.filter((other) => other.class === one)
        )
      )
    ]),
    "",
    `${judged.length} of ${total} mutants of the ${base} document, seed ${seed}, ${(millis / 1000).toFixed(1)} s: ` +
      `${judged.filter(({ verdict }) => verdict === "survived").length} survived, ` +
      `${judged.filter(({ verdict }) => verdict === "false alarm").length} false alarms` +
      (understated === 0 ? "" : `; ${understated} that may break the client told as drift`)
  ].join("\n")
}
