/**
 * Requests for single records: one that fails does not end the walk. It is reported, with its reason, and the next run tries
 * it again. What concerns every record is not a failure of one: a refused token, or an API that answers none of them.
 */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import type { Received } from "../Table.ts"
import type { Failure } from "../Walk.ts"
import * as FailureKind from "./FailureKind.ts"

export interface Options<out A, out R> {
  /** The request for a record. */
  readonly complete: (record: Received) => Effect.Effect<A, Failure, R>
  /** What stands for a record whose request failed. */
  readonly failed: (record: Received, reason: string) => A
  /** What stands for a record that nothing can be made of. */
  readonly broken: (record: Received, reason: string) => A
  /** Whether failures may be of the API instead: not when records are tried that failed before. */
  readonly bounded: boolean
}

export interface Isolation<out A, out R> {
  readonly complete: (record: Received) => Effect.Effect<A, Failure, R>
  /** The failure that all have had so far, when there were two or more. */
  readonly common: Effect.Effect<Failure | undefined>
}

/** So many failures before anything went well are not about single records. */
const patience = 10

interface Course {
  /** The last record whose request went well. */
  readonly good: Received | undefined
  readonly failures: number
  readonly first: Failure | undefined
}

const isOneOf = (error: Failure, ...reasons: ReadonlyArray<string>) =>
  error._tag === "IntercomError" && reasons.includes(error.reason._tag)

const concernsAll = (error: Failure) => isOneOf(error, "Unauthorized", "RateLimited")

/** Whether it is the API that says so: what comes before it has no such list of errors. */
const isAnswer = (error: Failure) =>
  error._tag === "IntercomError" &&
  (error.reason._tag === "NotFound" || error.reason._tag === "Gone") &&
  error.reason.errors.length > 0

const short = (text: string) => text.slice(0, 500)

export const make = <A, R>(options: Options<A, R>): Effect.Effect<Isolation<A, R>> =>
  Effect.map(Ref.make<Course>({ good: undefined, failures: 0, first: undefined }), (course) => {
    const failed = (failure: Failure) =>
      Ref.updateAndGet(course, ({ failures, first = failure, good }) => ({ good, failures: failures + 1, first }))

    /** Whether the record is to blame: the request for one that went well before goes well again. */
    const isOwn = (failure: Failure): Effect.Effect<boolean, never, R> =>
      Effect.gen(function* () {
        if (concernsAll(failure)) return false
        if (!options.bounded) return true
        const { failures, good } = yield* failed(failure)
        if (good === undefined) return failures < patience
        return yield* options.complete(good).pipe(
          Effect.as(true),
          Effect.catch((again) => Effect.succeed(isAnswer(again)))
        )
      })

    return {
      complete: (record) =>
        options.complete(record).pipe(
          Effect.tap(() => Ref.update(course, (course) => ({ ...course, good: record }))),
          Effect.catch((error) =>
            Effect.flatMap(isOwn(error), (own) =>
              own ? Effect.succeed(options.failed(record, FailureKind.of(error))) : Effect.fail(error)
            )
          ),
          Effect.catchDefect((defect) => Effect.succeed(options.broken(record, short(String(defect)))))
        ),
      common: Effect.map(Ref.get(course), ({ failures, first, good }) =>
        good === undefined && failures > 1 ? first : undefined
      )
    }
  })
