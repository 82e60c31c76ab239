/** A simulated workspace some of whose answers are a test's own. */
import { Intercom } from "@effect-intercom/core/Intercom"
import type * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import { type Options, Simulator } from "@effect-intercom/simulator/Simulator"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Workspace from "./Workspace.ts"

/** The body of a 200, or a response; `undefined` for the simulator's own. */
export type Answer = (request: { readonly method: string; readonly url: URL }) => unknown

/** The client, and the simulator behind it. */
export const layer = (
  answer: Answer,
  options: Options = Workspace.small,
  config: Partial<IntercomConfig.Options> = {}
) => {
  const client = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (simulator) =>
      HttpClient.make((request, url) => {
        const found = answer({ method: request.method, url })
        if (found === undefined) return simulator.execute(request)
        const response = found instanceof Response ? found.clone() : Response.json(found)
        return Effect.succeed(HttpClientResponse.fromWeb(request, response))
      })
    )
  )
  return Intercom.layer({
    accessToken: Redacted.make("simulator-token"),
    baseUrl: "http://simulator.test",
    retry: { times: 0 },
    rateLimit: { limit: 10_000_000, window: "10 seconds" },
    ...config
  }).pipe(Layer.orDie, Layer.provide(client), Layer.provideMerge(Simulator.layerClient(options)))
}

/** A page of a listing counted in pages. */
export const page = (
  data: ReadonlyArray<unknown>,
  { of, page, total }: { readonly page: number; readonly of: number; readonly total: number }
) => ({
  type: "list",
  data,
  total_count: total,
  pages: { type: "pages", page, per_page: data.length, total_pages: of }
})
