import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"

type Response = HttpClientResponse.HttpClientResponse

// A response is looked at more than once, and its stream is read once.
const texts = new WeakMap<Response, string>()

/**
 * The text, put together from its pieces. A transport's own `text` first joins the bytes: buffers of half a megabyte,
 * request after request, leave an allocator's memory in pieces; a walk took 80 MB more.
 */
const textOf = (response: Response): Effect.Effect<string, HttpClientError.HttpClientError> =>
  response.stream.pipe(
    Stream.decodeText(),
    Stream.mkString,
    // A transport that has read the body itself, to log it say, has nothing left to stream, and remembers the text.
    Effect.catchDefect(() => Effect.succeed("")),
    // `fetch` has no stream for a body that is none.
    Effect.catchIf(
      ({ reason }) => reason._tag === "EmptyBodyError",
      () => Effect.succeed("")
    ),
    Effect.flatMap((text) => (text === "" ? Effect.orElseSucceed(response.text, () => text) : Effect.succeed(text)))
  )

/** Reads the whole body of a response; {@link text} has it then. */
export const read = <E, R>(response: Effect.Effect<Response, E, R>) =>
  Effect.tap(response, (response) => Effect.map(textOf(response), (text) => texts.set(response, text)))

/** The body of a response that was read. */
export const text = (response: Response): string => texts.get(response) ?? ""
