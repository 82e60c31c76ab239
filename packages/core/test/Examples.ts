/** What any operation can be called with, and what it may answer: values of its schemas. */
import type { ApiOperation } from "@effect-intercom/core/IntercomApi"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import type { ResourceOperation } from "@effect-intercom/core/Resource"
import * as Wire from "@effect-intercom/core/Wire"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import { memoize } from "effect/Function"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** The parts of a request. */
export interface Request {
  readonly params?: { readonly [name: string]: unknown }
  readonly payload?: object
  readonly query?: object
}

/** The seed of all samples. */
export const seed = 215

/** The schemas of a request, by its parts: in the order a method takes them. */
export const parts = ({ endpoint: { params, payload, query } }: ResourceOperation) =>
  Record.filter(
    {
      params:
        Object.keys(params).length === 0
          ? undefined
          : // Ids are strings.
            Schema.Struct(Record.map(params, (id) => Wire.pathSegment(id as Schema.Codec<string>))),
      payload,
      query
    },
    (schema): schema is Schema.Top => schema !== undefined
  )

/** Whether a key of an object has a backslash. */
const hasBackslash = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.entries(value).some(([key, inner]) => key.includes("\\") || hasBackslash(inner))

/**
 * Every value of a schema, but for keys with a backslash: once V8 has parsed one, it takes other keys that are written with
 * an escape for the same (in Node 24.21, `JSON.parse('{"\\\\":0}')` makes `JSON.parse('{"\\u0000":0}')` have a backslash).
 */
export const values = (schema: Schema.Top): Arbitrary.Arbitrary<unknown> =>
  Arbitrary.schema(Schema.toType(schema)).pipe(Arbitrary.filter((value) => !hasBackslash(value)))

/** Every request the types of an operation allow. */
export const requests = (operation: ResourceOperation): Arbitrary.Arbitrary<Request> =>
  // What a struct of these schemas holds is a request.
  Arbitrary.all(Record.map(parts(operation), values)) as Arbitrary.Arbitrary<Request>

/** Every answer; `undefined` where there is none. */
export const answers = ({ body, endpoint: { success = Schema.Undefined } }: ResourceOperation) =>
  values(body === "optional" ? Schema.Union([success, Schema.Undefined]) : success)

/** One of these, always the same. */
export const one = <A>(arbitrary: Arbitrary.Arbitrary<A>): Effect.Effect<A> =>
  // There is one, as one was asked for.
  Effect.map(Effect.orDie(Arbitrary.sampleEffect(arbitrary, { count: 1, seed, size: 4 })), ([value]) => value as A)

/** A request of an operation, always the same. */
export const request = memoize((operation: ResourceOperation) =>
  Effect.runSync(Effect.cached(one(requests(operation))))
)

/** An answer of an operation, always the same. */
export const answer = memoize((operation: ResourceOperation) => Effect.runSync(Effect.cached(one(answers(operation)))))

/** A method, without its types. */
export interface Method {
  (...args: ReadonlyArray<unknown>): Effect.Effect<unknown, IntercomError>
  /** Of a listing. */
  readonly items?: (...args: ReadonlyArray<unknown>) => Stream.Stream<unknown, IntercomError>
}

/** The method of an operation, of a service of its resource; bytes are collected. */
export const methodOf = (service: object, { body, name, resource }: ApiOperation): Method => {
  // What a method takes is what its endpoint declares.
  const method = (service as { readonly [method: string]: Method })[name.slice(resource.resource.length + 1)] as Method
  if (body !== "bytes") return method
  const streaming = method as (...args: ReadonlyArray<unknown>) => unknown as (
    ...args: ReadonlyArray<unknown>
  ) => Stream.Stream<Uint8Array, IntercomError>
  return (...args) =>
    Effect.map(Stream.runCollect(streaming(...args)), (chunks) =>
      Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))
    )
}

/** The arguments of a method: ids first, several as an object, then the body, then the query. */
export const argumentsOf = ({ params, ...others }: Request): ReadonlyArray<unknown> => {
  const ids = Object.values(params ?? {})
  return [...(ids.length > 1 ? [params] : ids), ...Object.values(others)]
}
