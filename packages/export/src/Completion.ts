/** Records that are completed by requests of their own: one that fails is named as missing, and does not end the walk. */
import type { Invalid } from "@effect-intercom/core/Pagination"
import { OnInvalid } from "@effect-intercom/core/IntercomHttp"
import * as Json from "@effect-intercom/core/Json"
import { DecodeError, IntercomError } from "@effect-intercom/core/IntercomError"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { Options } from "./Definition.ts"
import * as Drift from "./internal/Drift.ts"
import * as Isolation from "./internal/Isolation.ts"
import * as Table from "./Table.ts"
import type { Received } from "./Table.ts"
import * as Walk from "./Walk.ts"

/** What a record becomes. */
export interface Completed {
  readonly records?: ReadonlyArray<Received>
  readonly invalid?: Walk.Step["invalid"]
  readonly missing?: ReadonlyArray<Walk.Missing>
}

/** How the records of a walk are completed, each by requests of its own. */
export interface Completion<out R> {
  readonly complete: (record: Received) => Effect.Effect<Completed, Walk.Failure, R>
  /** Whether a record needs requests; one that does not is given as it is, or not at all. @default each does */
  readonly needs?: ((record: Received) => boolean) | undefined
  /** What a record that needs no request becomes. @default itself */
  readonly otherwise?: ((record: Received) => Completed) | undefined
  /** What stands for a record whose requests failed. @default nothing: it is missing, and the next run tries again */
  readonly failed?: ((record: Received) => Completed) | undefined
  /** What is missing when they fail. */
  readonly what: Walk.Missing["what"]
  readonly operation: Pick<IntercomError, "operation" | "method" | "path">
}

/** The id of a record that has one, as a URL has it. */
export const idOf = (record: Received): string => Json.digits(record, "id") ?? String(record["id"])

const isolated = <R>({ complete, failed, operation, what }: Completion<R>, bounded: boolean) =>
  Isolation.make<Completed, R>({
    complete,
    bounded,
    failed: (record, reason) =>
      failed?.(record) ?? { missing: [{ id: idOf(record), what, expected: 1, found: 0, reason }] },
    broken: (raw, actual) => ({
      invalid: [
        {
          raw,
          error: new IntercomError({
            ...operation,
            reason: new DecodeError({
              status: 200,
              kind: "invalid",
              mismatches: [{ path: "", expected: "a record that can be read", actual }],
              body: ""
            })
          })
        }
      ]
    })
  })

const itself = (record: Received): Completed => ({ records: [record] })

/** Completes each record of a step, several at once over all steps, in order. */
const completed =
  <R>(concurrency: number, completion: Completion<R>) =>
  <E, R2>(self: Stream.Stream<Walk.Step, E, R2>): Stream.Stream<Walk.Step, E | Walk.Failure, R | R2> =>
    Stream.unwrap(
      Effect.gen(function* () {
        const requests = yield* Semaphore.make(concurrency)
        const { common, complete } = yield* isolated(completion, true)
        const { needs = () => true, otherwise = itself } = completion
        return Stream.mapEffect(
          self,
          (step) => {
            // Most steps of contacts have none that needs a request.
            if (!step.records.some(needs)) return Effect.succeed(withParts(step, step.records.map(otherwise)))
            return Effect.gen(function* () {
              const parts = yield* Effect.forEach(
                step.records,
                (record) => (needs(record) ? requests.withPermit(complete(record)) : Effect.succeed(otherwise(record))),
                { concurrency: "unbounded" }
              )
              const failure = yield* common
              return failure === undefined ? withParts(step, parts) : yield* failure
            })
          },
          // The next page's records are asked for while the last of this one are awaited.
          { concurrency: 2 }
        )
      })
    )

const withParts = (step: Walk.Step, parts: ReadonlyArray<Completed>): Walk.Step => ({
  ...step,
  records: parts.flatMap(({ records = [] }) => records),
  invalid: [...step.invalid, ...parts.flatMap(({ invalid = [] }) => invalid)],
  missing: [...(step.missing ?? []), ...parts.flatMap(({ missing = [] }) => missing)]
})

/** A walk whose records are completed, after those that failed before. */
export const completing = <E, R, R2>(
  { again, concurrency, from }: Pick<Options, "again" | "concurrency" | "from">,
  completion: Completion<R>,
  self: Stream.Stream<Walk.Step, E, R2>
): Stream.Stream<Walk.Step, E | Walk.Failure, R | R2> => {
  const rest = completed(concurrency, completion)(self)
  if (again.length === 0) return rest
  const first = Effect.gen(function* () {
    const { complete } = yield* isolated(completion, false)
    const parts = yield* Effect.forEach(again, (id) => complete({ id }), { concurrency })
    const position = from ?? null
    return withParts({ records: [], invalid: [], read: again.length, position }, parts)
  })
  return Stream.concat(Stream.fromEffect(first), rest)
}

/** Whether the API says that a record is not there. A 404 in another format comes from something before the API. */
export const isGone = ({ reason }: IntercomError): boolean => reason._tag === "NotFound" && reason.errors.length > 0

/** How a record is asked for by its id. */
export interface Detail<out R> {
  readonly get: (id: string) => Effect.Effect<unknown, IntercomError, R>
  /** What of the record there must be, and is not. */
  readonly missing: (record: Received) => ReadonlyArray<Walk.Missing>
}

/** Asks for a record by its id: it may be gone, or not fit its schema. */
export const detailed =
  <R>({ get, missing }: Detail<R>) =>
  (listed: Received): Effect.Effect<Completed, IntercomError, R> =>
    Effect.gen(function* () {
      const strict = yield* Drift.Strict
      const misfit = yield* Ref.make<Invalid | undefined>(undefined)
      // An id that is a number is sent as its digits.
      const answer = yield* get(idOf(listed)).pipe(
        Effect.provideService(OnInvalid, strict ? undefined : (invalid) => Ref.set(misfit, invalid))
      )
      const invalid = yield* Ref.get(misfit)
      if (invalid !== undefined && !(Table.isObject(answer) && Walk.hasId(answer))) {
        return { invalid: [{ ...invalid, raw: listed }] }
      }
      // What fits is an object.
      const record = answer as Received
      if (invalid !== undefined) Drift.note(record, invalid)
      return { records: [record], missing: missing(record) } satisfies Completed
    }).pipe(
      Effect.catchIf(
        (error) => isGone(error),
        () => Effect.succeed<Completed>({ missing: [{ id: idOf(listed), what: "record", expected: 1, found: 0 }] })
      ),
      Effect.catchReason("IntercomError", "DecodeError", (reason, error) =>
        reason.kind === "invalid"
          ? Effect.succeed<Completed>({ invalid: [{ raw: listed, error }] })
          : Effect.fail(error)
      )
    )

/** Of a list, how many it has and how many it is said to have; what is lacking is missing. */
export const lacking = (record: Received, what: string, found: number, expected: number): ReadonlyArray<Walk.Missing> =>
  found < expected ? [{ id: idOf(record), what, expected, found }] : []

export const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0)

export const wholeOf = (value: unknown): number =>
  typeof value === "number" && Number.isSafeInteger(value) ? value : 0
