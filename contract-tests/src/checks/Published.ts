/**
 * The published document by itself: every divergence from it must be one that an action of an overlay names. What is
 * left over is either a fact no overlay tells, or a fault of the client.
 */
import * as Effect from "effect/Effect"
import * as JsonPatch from "effect/JsonPatch"
import type * as Schema from "effect/Schema"
import * as Canonical from "../document/Canonical.ts"
import type * as Client from "../subject/Client.ts"
import * as Contract from "./Contract.ts"
import { type Divergence, isFailure } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as EffectiveDocument from "../document/EffectiveDocument.ts"
import type { Revision } from "../document/Revision.ts"
import * as DocumentDiff from "./DocumentDiff.ts"
import * as DocumentSource from "../document/DocumentSource.ts"
import { Subject } from "../subject/Subject.ts"

/** A divergence, and the actions that change the place it points at. */
export interface Named {
  readonly divergence: Divergence
  readonly actions: ReadonlyArray<EffectiveDocument.AppliedAction>
}

export interface Result {
  readonly report: Contract.Report
  readonly named: ReadonlyArray<Named>
  /** Divergences no action names: what fails such a run. */
  readonly unnamed: ReadonlyArray<Divergence>
}

// Places of a list move when it gets another item.
const listed = /\/(parameters|servers|security|allOf|anyOf|oneOf)\/\d+/g

const identity = ({ class: severity, message, operation, pointer }: Divergence): string =>
  `${severity} ${operation} ${pointer.replaceAll(listed, "/$1")} ${message}`

const within = (outer: string, inner: string): boolean => outer === inner || inner.startsWith(`${outer}/`)

/** Whether a version of the project's document changed a place, one below it, or one of the `$ref`s that lead to it. */
const touched = (changes: ReadonlyArray<string>, { pointer, through }: Divergence): boolean =>
  changes.some(
    (change) =>
      within(change, pointer) || within(pointer, change) || through.some((reference) => within(change, reference))
  )

/** Names of operations that mean something else in another version of the document. */
const revised = ({ given, known }: Revision): ReadonlySet<string> => {
  const [before, now] = [Document.make(known), Document.make(given)]
  const form = (document: Document.Document, key: string) => {
    const operation = document.operations.find((one) => one.key === key)
    return operation && JSON.stringify([...Canonical.operation(document.root, operation)])
  }
  return new Set(now.operations.filter(({ key }) => form(before, key) !== form(now, key)).map(({ name }) => name))
}

// These compare place by place; what a sample shows may be about all of an answer.
const comparing = new Set(["coverage", "structure"])

type Overlaid = Pick<EffectiveDocument.EffectiveDocument, "actions" | "document" | "revision">

/** What the same samples show with the overlays, where no action changes the very place of what they show. */
const shownWith = Effect.fnUntraced(function* (report: Contract.Report, overlaid: Overlaid, client?: Client.Resources) {
  const rows = report.rows.filter(
    ({ check, divergences }) =>
      Object.hasOwn(Contract.checks, check) &&
      !comparing.has(check) &&
      divergences.some((one) => isFailure(one) && EffectiveDocument.actionsFor(overlaid.actions, one).length === 0)
  )
  if (rows.length === 0) return []
  const [operations, checks] = [
    new Set(rows.map(({ operation }) => operation)),
    new Set(rows.map(({ check }) => check))
  ]
  const again = yield* Effect.gen(function* () {
    const subject = yield* Subject
    const pairs = subject.pairs.filter(({ operation }) => operations.has(operation.name))
    return yield* Contract.checkAll({ ...subject, pairs }, (check) => checks.has(check))
  }).pipe(Effect.provide(Subject.layer(overlaid.document, report, client)))
  return again.flatMap(({ divergences }) => divergences)
})

/**
 * Which actions explain what a run without overlays found. An overlay excuses what it changes, and nothing else: what
 * stands in the document with it, too, is not its doing, and neither is what another version of the document changed.
 * `sampled` is what samples show with the overlays.
 */
export const explain = (
  report: Pick<Contract.Report, "client" | "rows">,
  overlaid: Overlaid,
  sampled: ReadonlyArray<Divergence> = []
): Pick<Result, "named" | "unnamed"> => {
  const { actions, revision } = overlaid
  const identities = (document: Schema.Json) =>
    new Set(DocumentDiff.compare(report.client, Document.make(document)).map(identity))
  const left = new Set([...identities(overlaid.document), ...sampled.map(identity)])
  const standing = revision && identities(revision.known)
  const edits = revision === undefined ? [] : JsonPatch.get(revision.known, revision.given).map(({ path }) => path)
  const changed = revision === undefined ? new Set<string>() : revised(revision)
  const places = new Map(
    Document.make(overlaid.document).operations.map(({ name, node }) => [name, node.pointer] as const)
  )
  const explained = report.rows.flatMap(({ check, divergences }) =>
    divergences.filter(isFailure).map((divergence): Named => {
      const id = identity(divergence)
      const edited = standing !== undefined && !standing.has(id) && (comparing.has(check) || touched(edits, divergence))
      if (check === "revision" || left.has(id) || edited) return { divergence, actions: [] }
      const named = EffectiveDocument.actionsFor(actions, divergence)
      if (named.length > 0 || comparing.has(check) || changed.has(divergence.operation))
        return { divergence, actions: named }
      // A walk is about the operation, its parameters and its answer.
      const whole = check === "pagination" ? places.get(divergence.operation) : undefined
      const place = whole ?? divergence.pointer
      return { divergence, actions: actions.filter(({ changes }) => changes.some((change) => within(place, change))) }
    })
  )
  return {
    named: explained.filter(({ actions }) => actions.length > 0),
    unnamed: explained.filter(({ actions }) => actions.length === 0).map(({ divergence }) => divergence)
  }
}

/** Runs the suite without overlays, and explains what it finds by them. */
export const run = Effect.fn("Published.run")(function* (options: Omit<Contract.Options, "overlays"> = {}) {
  const overlaid = yield* DocumentSource.read(options)
  const report = yield* Contract.run({ ...options, overlays: "none" })
  const sampled = yield* shownWith(report, overlaid, options.client)
  const result: Result = { report, ...explain(report, overlaid, sampled) }
  return result
})

/** The actions that name a divergence, as the reason why it fails nothing; `undefined` when none does. */
export const reasonFor = ({ named }: Result, divergence: Divergence): string | undefined =>
  named
    .find((one) => one.divergence === divergence)
    ?.actions.map(({ description }) => description.trim())
    .join(" ")
