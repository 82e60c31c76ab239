/**
 * Two documents as one client sees them: what of the newer would break the client, what the newer has that the client
 * does not know yet, and what changed without touching it. The client is compared with each; what is found in both is
 * no change.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as Grouping from "../report/Grouping.ts"
import * as Canonical from "../document/Canonical.ts"
import * as Client from "../subject/Client.ts"
import * as Contract from "./Contract.ts"
import * as Divergence from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import type { EffectiveDocument } from "../document/EffectiveDocument.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Difference from "./Difference.ts"
import * as DocumentDiff from "./DocumentDiff.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import { divergence, type Pair, Subject } from "../subject/Subject.ts"

type Found = ReadonlyArray<Divergence.Divergence>

const parts = (operation: string): [method: string, path: string] => {
  const [method = "", path = ""] = operation.split(" ", 2)
  return [method, path]
}

const keyOf = ({ operation }: Divergence.Divergence): string => Document.keyOf(...parts(operation))

/** Schemas move between documents: what is said of which operation tells, not where it stands. */
const identity = (one: Divergence.Divergence): string => [one.class, one.direction, keyOf(one), one.message].join(" | ")

/** What a finding is about: the `query parameter per_page` of requests, the `data[].email` of answers. */
const subject = (one: Divergence.Divergence): string => [one.direction, keyOf(one), Grouping.fieldOf(one)].join(" | ")

const isByComparator = ({ message }: Divergence.Divergence): boolean => message.endsWith("(by the comparator)")

const keywordOf = ({ pointer }: Divergence.Divergence): string => pointer.slice(pointer.lastIndexOf("/") + 1)

/** What is judged of which field, whatever is said of it. */
const matter = (one: Divergence.Divergence): string => `${subject(one)} | ${keywordOf(one)}`

const shapeAt = (
  { root }: Document.Document,
  { pointer }: Divergence.Divergence
): NormalizedSchema.Shape | undefined => {
  const node = JsonNode.at(root.value, pointer.slice(0, pointer.lastIndexOf("/")))
  return node === undefined ? undefined : NormalizedSchema.of([node])
}

const lower = new Set(["minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"])
const upper = new Set(["maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"])

/** Whether by one keyword a schema allows whatever another allows. */
const allows = (keyword: string, wide: NormalizedSchema.Shape, narrow: NormalizedSchema.Shape): boolean => {
  const bound = ({ rules, ...shape }: NormalizedSchema.Shape): number => {
    const value = keyword in shape ? shape[keyword as keyof typeof shape] : rules.get(keyword)
    return typeof value === "number" ? value : lower.has(keyword) ? -Infinity : Infinity
  }
  if (lower.has(keyword)) return bound(wide) <= bound(narrow)
  if (upper.has(keyword)) return bound(wide) >= bound(narrow)
  if (keyword === "enum" || keyword === "const") {
    return wide.values === undefined || narrow.values?.every((value) => wide.values?.includes(value)) === true
  }
  return (
    keyword === "type" &&
    (!wide.typed || [...narrow.kinds].every((kind) => NormalizedSchema.includes(wide.kinds, kind)))
  )
}

/** What is found in the newer document and not in the older one; where it is less than it was, as a note. */
const missingFrom = (
  found: Found,
  other: Found,
  documents: { readonly before: Document.Document; readonly now: Document.Document }
): Found => {
  const known = new Set(other.map(identity))
  const matters = new Map(other.filter((one) => Grouping.fieldOf(one) !== "").map((one) => [matter(one), one] as const))
  return found
    .filter((one) => !known.has(identity(one)))
    .map((one) => {
      const before = matters.get(matter(one))
      const [old, next] = [before && shapeAt(documents.before, before), shapeAt(documents.now, one)]
      if (before?.class !== one.class || old === undefined || next === undefined) return one
      const [wide, narrow] = one.direction === "request" ? [next, old] : [old, next]
      return allows(keywordOf(one), wide, narrow)
        ? { ...one, class: "note", message: `${one.message}; it was worse: ${before.message}` }
        : one
    })
}

const within = (outer: string, inner: string): boolean => outer === inner || inner.startsWith(`${outer}/`)

/** What changed in an operation beside what the comparison with the client tells. */
const changesOf = (
  before: Document.Document,
  known: Document.Operation | undefined,
  now: Document.Document,
  pair: Pair,
  told: Found,
  standing: Found
): Found => {
  if (known === undefined) return []
  const of = (found: Found) => found.filter(({ operation }) => operation === pair.operation.name)
  return Difference.changes({ root: before.root, operation: known }, { root: now.root, operation: pair.operation })
    .filter(({ pointer }) => !of(told).some((one) => within(pointer, one.pointer)))
    .map((finding) => {
      // Where client and document differ already, nobody can tell what a change does.
      const unclear = of(standing).some((one) => Divergence.isFailure(one) && within(finding.pointer, one.pointer))
      return divergence({ document: now }, pair, finding.direction, { ...finding, class: unclear ? "drift" : "note" })
    })
}

/** Operations neither the client nor the newer document has. */
const dropped = (client: Client.Client, before: Document.Document, now: Document.Document): Found =>
  before.operations
    .filter(({ key }) => ![...client.operations, ...now.operations].some((one) => one.key === key))
    .map(({ name, node }) => ({
      operation: name,
      direction: "coverage",
      class: "drift",
      pointer: node.pointer,
      through: [],
      message: "the older document has it, the newer one does not; nor does the client"
    }))

type Source = Pick<EffectiveDocument, "document" | "defects">

const keysOf = ({ operations }: Document.Document): ReadonlySet<string> => new Set(operations.map(({ key }) => key))

/** What samples show of which nothing is told yet: each field once, and another opinion only where there is no first. */
const unseen = (shown: Found, told: Found): Found => {
  const breaking = told.filter((one) => one.class === "breaking")
  const subjects = new Set(breaking.filter((one) => Grouping.fieldOf(one) !== "").map(subject))
  const own = shown.filter((one) => {
    if (one.class === "note" || isByComparator(one) || subjects.has(subject(one))) return false
    if (Grouping.fieldOf(one) !== "") subjects.add(subject(one))
    return true
  })
  const sides = new Set([...breaking, ...own].map((one) => `${one.direction} ${keyOf(one)}`))
  return [...own, ...shown.filter((one) => isByComparator(one) && !sides.has(`${one.direction} ${keyOf(one)}`))]
}

/** What the comparing checks tell, and `sampled`: what samples show in each document. */
export const compare = (
  client: Client.Client,
  older: Source,
  newer: Source,
  sampled: { readonly before: Found; readonly now: Found } = { before: [], now: [] }
): Found => {
  const [before, now] = [Document.make(older.document), Document.make(newer.document)]
  const [old, standing] = [DocumentDiff.compare(client, before), DocumentDiff.compare(client, now)]
  const told = missingFrom(standing, old, { before, now })
  const shown = unseen(missingFrom(sampled.now, sampled.before, { before, now }), [...told, ...old, ...sampled.before])
  const keys = keysOf(now)
  const over = missingFrom(old, standing, { before: now, now: before })
    .filter((one) => Divergence.isFailure(one) && keys.has(keyOf(one)))
    .filter((one) => !told.some((other) => matter(other) === matter(one)))
    .map((one): Divergence.Divergence => ({ ...one, class: "note", message: `no longer so: ${one.message}` }))
  const worse = [...told, ...shown]
  const earlier = DocumentDiff.pairsOf(client, before)
  const changed = DocumentDiff.pairsOf(client, now).flatMap((pair) => {
    // Of alternatives, what was the method's.
    const known = earlier.find((one) => one.client === pair.client)?.operation
    return changesOf(before, known, now, pair, worse, standing)
  })
  const defects = newer.defects
    .filter(({ message, pointer }) => !older.defects.some((one) => one.pointer === pointer && one.message === message))
    .map((defect) => ({ ...defect, operation: "the document", direction: "coverage" as const }))
  const all = [...worse, ...dropped(client, before, now), ...defects, ...changed, ...over]
  const order = ["breaking", "drift", "note"]
  return all.toSorted((a, b) => order.indexOf(a.class) - order.indexOf(b.class))
}

export interface Options {
  /** The client; that of `@effect-intercom/core` when left out. */
  readonly client?: Client.Resources | undefined
  /** Decides every sample; the suite's own when left out. */
  readonly seed?: number | undefined
  /** Samples of each property in each document; {@link defaultRuns} when left out. */
  readonly runs?: number | undefined
}

export const defaultRuns = 20

// What compares is run on the whole; the others say the same of every document, or are about the simulator.
const unsampled = new Set(["coverage", "structure", "malformed", "mocked", "simulated"])

/** What samples show of some operations of a document. */
const sample = Effect.fnUntraced(function* (document: Schema.Json, keys: ReadonlySet<string>, options: Options) {
  if (keys.size === 0) return []
  const { client, runs = defaultRuns, seed = Contract.defaultSeed } = options
  return yield* Effect.gen(function* () {
    const subject = yield* Subject
    const pairs = subject.pairs.filter(({ operation }) => keys.has(operation.key))
    const rows = yield* Contract.checkAll({ ...subject, pairs }, (check) => !unsampled.has(check))
    return rows.filter(({ check }) => !unsampled.has(check)).flatMap(({ divergences }) => divergences)
  }).pipe(Effect.provide(Subject.layer(document, { seed, runs }, client)))
})

/** The operations both documents have that do not mean the same in both. */
const changedKeys = (older: Schema.Json, newer: Schema.Json): ReadonlySet<string> => {
  const [before, now] = [Document.make(older), Document.make(newer)]
  const form = ({ root }: Document.Document, operation: Document.Operation) =>
    JSON.stringify([...Canonical.operation(root, operation)].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return new Set(
    now.operations
      .filter((operation) => {
        const other = before.operations.find(({ key }) => key === operation.key)
        return other !== undefined && form(before, other) !== form(now, operation)
      })
      .map(({ key }) => key)
  )
}

/**
 * What is different for a client, what would break first; places are those of the newer document. The checks of the
 * suite are run on both documents, samples on the operations that changed, and what both show is no difference.
 */
export const run = Effect.fn("Diff.run")(
  function* (older: Source, newer: Source, options: Options = {}) {
    const services = yield* Layer.build(Client.layer(Document.make(newer.document).server))
    const client = yield* Effect.provide(Client.make(options.client ?? Client.intercom), services)
    const keys = changedKeys(older.document, newer.document)
    const before = yield* sample(older.document, keys, options)
    const now = yield* sample(newer.document, keys, options)
    return compare(client, older, newer, { before, now })
  },
  (effect) => Effect.scoped(effect)
)
