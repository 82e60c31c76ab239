/** One call of a resource against one scripted answer. */
import type { IntercomError, Reason } from "@effect-intercom/core/IntercomError"
import type { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
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

/** What TypeScript would not let through, for what JavaScript sends anyway. */
export const unchecked = (input: unknown): never => input as never
