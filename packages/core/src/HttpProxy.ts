/**
 * The proxy for HTTP that the environment names, as most programs read it: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and
 * `NO_PROXY`, of which the lower case goes first. An `HttpClient` is what honours it: on Node, undici's
 * `EnvHttpProxyAgent` takes these values.
 */
import * as Config from "effect/Config"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

export interface HttpProxy {
  /** For addresses of `http:`; with its scheme. It may have user and password. */
  readonly http: Redacted.Redacted | undefined
  /** For addresses of `https:`; with its scheme. It may have user and password. */
  readonly https: Redacted.Redacted | undefined
  /** Hosts that are reached without it, separated by commas: `localhost,127.0.0.1,.example.com`; `*` is all. */
  readonly except: string
}

/** Without a scheme, it is that of a proxy. */
const withScheme = (text: string): string => (/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`)

const isProxy = (text: string): boolean => {
  const url = URL.parse(withScheme(text))
  return (
    url !== null &&
    ["http:", "https:"].includes(url.protocol) &&
    url.hostname !== "" &&
    ["", "/"].includes(url.pathname) &&
    url.search + url.hash === ""
  )
}

const Address = Schema.Redacted(
  Schema.String.check(
    Schema.makeFilter((text) => text === "" || isProxy(text), {
      expected:
        "the address of a proxy such as http://proxy.example:3128 or http://USER:PASSWORD@proxy.example:3128, with special characters in the password percent-encoded"
    })
  )
)

const variable = (name: string) => Config.withDefault(Config.schema(Address, name), Redacted.make(""))

const named = (name: string): Config.Config<Redacted.Redacted | undefined> =>
  Config.map(Config.all([variable(name), variable(name.toUpperCase())]), (values) => {
    const found = values.find((value) => Redacted.value(value) !== "")
    return found && Redacted.make(withScheme(Redacted.value(found)), { label: "proxy" })
  })

const list = (name: string) => Config.withDefault(Config.String(name), "")

/**
 * The proxy of the environment; `undefined` where it names none. Without `HTTPS_PROXY` and `ALL_PROXY`, `HTTP_PROXY` is
 * for `https:` too. A value that is no address of a proxy fails with an error that names its variable, and not the value.
 */
export const config: Config.Config<HttpProxy | undefined> = Config.map(
  Config.all({
    http: named("http_proxy"),
    https: named("https_proxy"),
    all: named("all_proxy"),
    lower: list("no_proxy"),
    upper: list("NO_PROXY")
  }),
  ({ all, http, https, lower, upper }) => {
    const proxy = { http: http ?? all, https: https ?? all ?? http, except: (lower || upper).trim() }
    return proxy.http === undefined && proxy.https === undefined ? undefined : proxy
  }
)

/** How a proxy can be shown: without user and password. */
const shown = (address: Redacted.Redacted): string => new URL(Redacted.value(address)).origin

/**
 * What can be said of the way to an address: `http://proxy.example:3128, but for localhost`; `undefined` where there is
 * no proxy for its scheme.
 */
export const describe = (proxy: HttpProxy | undefined, url: URL): string | undefined => {
  const address = url.protocol === "https:" ? proxy?.https : proxy?.http
  if (proxy === undefined || address === undefined) return undefined
  const hosts = proxy.except.split(/[,\s]+/).filter((host) => host !== "")
  return [shown(address), ...(hosts.length === 0 ? [] : [`but for ${hosts.join(", ")}`])].join(", ")
}
