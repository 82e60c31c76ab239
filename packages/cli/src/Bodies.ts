/**
 * Bodies read piece by piece. A transport's own `text` joins their bytes first, and buffers of half a megabyte, request
 * after request, leave the allocator's memory in pieces: an export stands at 50 MB more. Strings instead are garbage that
 * has to be collected early, as `bin.ts` has it done; with Node's defaults they would take more.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const byPieces = (response: HttpClientResponse.HttpClientResponse) =>
  Object.defineProperty(response, "text", { value: response.stream.pipe(Stream.decodeText(), Stream.mkString) })

/** The client below, whose bodies are read so. */
export const layer: Layer.Layer<HttpClient.HttpClient, never, HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, HttpClient.transformResponse(Effect.map(byPieces)))
)
