/** The network, through the proxy that the environment names; this machine is always reached without it. */
import * as HttpProxy from "@effect-intercom/core/HttpProxy"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const valueOf = (address: Redacted.Redacted | undefined): string =>
  // An empty one, so that undici does not look at the environment by itself.
  address === undefined ? "" : Redacted.value(address)

/** Where the suite's own servers are. */
const own = "localhost,127.0.0.1,::1"

const through = ({ except, http, https }: HttpProxy.HttpProxy) =>
  Layer.effect(
    NodeHttpClient.Dispatcher,
    Effect.acquireRelease(
      Effect.map(
        Effect.promise(() => import("@effect/platform-node/Undici")),
        ({ EnvHttpProxyAgent }) =>
          new EnvHttpProxyAgent({
            httpProxy: valueOf(http),
            httpsProxy: valueOf(https),
            noProxy: `${own},${except}`
          })
      ),
      (agent) => Effect.promise(() => agent.destroy())
    )
  )

/** Through `HTTPS_PROXY` and its kin, but for what `NO_PROXY` names. */
export const layer: Layer.Layer<HttpClient.HttpClient, Config.ConfigError> = Layer.unwrap(
  Effect.map(HttpProxy.config, (proxy) =>
    proxy === undefined
      ? NodeHttpClient.layerUndici
      : Layer.provide(NodeHttpClient.layerUndiciNoDispatcher, through(proxy))
  )
)
