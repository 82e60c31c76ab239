import * as Effect from "effect/Effect"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"

type Response = HttpClientResponse.HttpClientResponse

// A transport decodes the bytes anew each time it is asked for the text: a fifth of a walk.
const texts = new WeakMap<Response, string>()

/** Reads the whole body of a response; {@link text} has it then. */
export const read = <E, R>(response: Effect.Effect<Response, E, R>) =>
  Effect.tap(response, (response) => Effect.map(response.text, (text) => texts.set(response, text)))

/** The body of a response that was read. */
export const text = (response: Response): string => texts.get(response) ?? ""
