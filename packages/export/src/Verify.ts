/** Whether what was exported is still there, unchanged: counted and digested again, and compared with the manifest. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Document from "./Document.ts"
import { ExportError, type Reason, Unreadable } from "./ExportError.ts"
import { type Entry, latest, type Manifest } from "./Manifest.ts"
import * as Fields from "./Fields.ts"
import * as Resource from "./Resource.ts"
import { type Receipt, Sink } from "./Sink.ts"

/** Something that is not as the manifest says. */
export interface Difference {
  readonly what: "records" | "bytes" | "sha256" | "quarantined" | "quarantine sha256"
  readonly expected: string
  readonly found: string
}

/** What came of one output. */
export interface Verdict {
  /** `contacts`, say. */
  readonly output: string
  readonly entry: Entry
  /** None, when all is well, and when it could not be read. */
  readonly differences: ReadonlyArray<Difference>
  /** Why it could not be read. */
  readonly unreadable: Reason | undefined
}

/** Whether an output is what the manifest says. */
export const isSound = ({ differences, unreadable }: Verdict): boolean =>
  differences.length === 0 && unreadable === undefined

/** The last entry of a resource: its quarantine is one for all its outputs. */
const lastOf = (resource: string, { exports }: Manifest): Entry | undefined =>
  Object.values(exports).findLast((entry) => entry.resource === resource)

const compare = (entry: Entry, receipt: Receipt, manifest: Manifest): ReadonlyArray<Difference> => {
  const last = lastOf(entry.resource, manifest)
  const pairs: ReadonlyArray<readonly [Difference["what"], string | number | null, string | number | null]> = [
    ["records", entry.records, receipt.records],
    ["bytes", entry.bytes, receipt.bytes],
    ["sha256", entry.sha256, receipt.sha256],
    // Entries of earlier versions do not say, and without records there is no digest.
    ["quarantined", last?.quarantined ?? receipt.quarantined, receipt.quarantined],
    [
      "quarantine sha256",
      last?.quarantineSha256 ?? receipt.quarantineSha256 ?? null,
      receipt.quarantineSha256 ?? last?.quarantineSha256 ?? null
    ]
  ]
  return pairs.flatMap(([what, expected, found]) =>
    expected === found ? [] : [{ what, expected: String(expected), found: String(found) }]
  )
}

/** Reads every output again; empty when nothing is complete. */
export const outputs: Effect.Effect<ReadonlyArray<Verdict>, ExportError, Sink> = Effect.gen(function* () {
  const sink = yield* (yield* Sink).inspect
  const manifest = yield* Document.manifest(sink)
  if (manifest === undefined) return []
  const known = yield* Resource.Resources
  return yield* Effect.forEach(latest(manifest), ([output, entry]) => {
    const resource = Object.hasOwn(known, entry.resource) ? known[entry.resource] : undefined
    return Effect.map(
      Effect.result(
        resource !== undefined
          ? sink.audit(Fields.table(resource, entry.scope.fields), entry.place)
          : // Written by a later version of this package, which has more resources, or with one of one's own.
            Effect.fail<Reason>(new Unreadable({ path: entry.place }))
      ),
      (audited): Verdict => ({
        output,
        entry,
        differences: Result.isSuccess(audited) ? compare(entry, audited.success, manifest) : [],
        unreadable: Result.isFailure(audited) ? audited.failure : undefined
      })
    )
  })
}).pipe(
  Effect.mapError((reason) => new ExportError({ reason })),
  Effect.scoped
)
