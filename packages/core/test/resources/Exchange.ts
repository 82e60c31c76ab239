/** One call of a resource against one scripted answer. */
import type { IntercomError, Reason } from "@effect-intercom/core/IntercomError"
import type { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Scripted from "../Scripted.ts"

/** A resource: its service, with the layer that makes it. */
interface Resource<Self, Service> {
  readonly Service: Service
  readonly layer: Layer.Layer<Self, never, IntercomHttp>
  use<A, E, R>(f: (service: Service) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Self>
}

/** The value of a call, and the one request it made. */
export const exchange = <Self, Service, A, E>(
  resource: Resource<Self, Service>,
  call: (service: Service) => Effect.Effect<A, E>,
  answer: Scripted.Answer
): Effect.Effect<{ readonly value: A; readonly sent: Scripted.Sent }, E> => {
  const server = Scripted.make([answer])
  return Effect.gen(function* () {
    const value = yield* resource.use(call)
    const [sent] = server.sent
    assert.isDefined(sent)
    return { value, sent }
  }).pipe(Effect.provide(server.layer(resource.layer)))
}

/** Why a call failed, and what it sent before. */
export const refusal = <Self, Service, A>(
  resource: Resource<Self, Service>,
  call: (service: Service) => Effect.Effect<A, IntercomError>,
  answer?: Scripted.Answer
): Effect.Effect<{ readonly reason: Reason; readonly sent: ReadonlyArray<Scripted.Sent> }, A> => {
  const server = Scripted.make(answer === undefined ? [] : [answer])
  return resource.use(call).pipe(
    Effect.flip,
    Effect.map(({ reason }) => ({ reason, sent: server.sent })),
    Effect.provide(server.layer(resource.layer))
  )
}

/** The input does not fit: nothing is sent, and the error names `path` (the field) or says `expected`. */
export const refuses = <Self, Service, A>(
  resource: Resource<Self, Service>,
  call: (service: Service) => Effect.Effect<A, IntercomError>,
  mismatch: { readonly path?: string; readonly expected?: string }
) =>
  Effect.map(refusal(resource, call), ({ reason, sent }) => {
    assert(reason._tag === "EncodeError", `expected an EncodeError, got ${reason._tag}`)
    assert.lengthOf(sent, 0)
    const [first] = reason.mismatches
    assert.isDefined(first)
    assert.containsSubset(first, mismatch)
  })

/** The answer does not fit: the error names these paths. */
export const misfits = <Self, Service, A>(
  resource: Resource<Self, Service>,
  call: (service: Service) => Effect.Effect<A, IntercomError>,
  body: unknown,
  ...paths: ReadonlyArray<string>
) =>
  Effect.map(refusal(resource, call, Scripted.json(body)), ({ reason }) => {
    assert(reason._tag === "DecodeError", `expected a DecodeError, got ${reason._tag}`)
    assert.strictEqual(reason.kind, "invalid")
    assert.deepStrictEqual(
      reason.mismatches.map(({ path }) => path),
      [...paths]
    )
  })

/** An answer of one object with nothing but what is always there is taken, and so is one with a null in `fields`. */
export const tolerates = <Self, Service, A>(
  resource: Resource<Self, Service>,
  call: (service: Service) => Effect.Effect<A, IntercomError>,
  required: object,
  fields: ReadonlyArray<string>
) =>
  Effect.gen(function* () {
    const bare = yield* exchange(resource, call, Scripted.json(required))
    assert.deepStrictEqual<unknown>(bare.value, required)
    const nulls = { ...required, ...Object.fromEntries(fields.map((field) => [field, null])) }
    const empty = yield* exchange(resource, call, Scripted.json(nulls))
    assert.deepStrictEqual<unknown>(empty.value, nulls)
  })

/** What TypeScript would not let through, for what JavaScript sends anyway. */
export const unchecked = (input: unknown): never => input as never

/** The ids of all records of a listing, and the query of each request, for these answers. */
export const walk = <Self, Service, Item extends { readonly id?: unknown }, E>(
  resource: Resource<Self, Service>,
  items: (service: Service) => Stream.Stream<Item, E>,
  ...bodies: ReadonlyArray<unknown>
) => {
  const server = Scripted.make(bodies.map((body) => Scripted.json(body)))
  return resource
    .use((service) => Stream.runCollect(items(service)))
    .pipe(
      Effect.map((found) => ({
        ids: found.map(({ id }) => id),
        queries: server.sent.map(({ url }) => Object.fromEntries(url.searchParams))
      })),
      Effect.provide(server.layer(resource.layer))
    )
}
