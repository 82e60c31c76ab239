// The app of examples/install-app.ts, installed in simulated workspaces; all in this process.
import { OAuth, TokenStore } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted, References } from "effect"
import { HttpClient, HttpRouter, HttpServer } from "effect/http"
import { Service } from "../install-app.ts"

const clientSecret = Redacted.make("app-secret")
const Intercom = Simulator.layerClient({
  token: Redacted.make("token-of-acme"),
  contacts: 7,
  workspaces: [{ token: Redacted.make("token-of-globex"), seed: 2, contacts: 9 }],
  oauth: { clientId: "the-app", clientSecret }
})

/** The app, as a browser reaches it, and the one at Intercom that the browser is sent to. */
const browser = Effect.gen(function* () {
  const { url } = yield* Simulator
  const intercom = yield* HttpClient.HttpClient
  const around = Layer.succeedContext(yield* Effect.context<HttpClient.HttpClient | TokenStore>())
  const App = OAuth.layer({
    clientId: "the-app",
    clientSecret,
    appUrl: url,
    baseUrl: url,
    redirectUri: "https://app.test/callback"
  })
  const web = HttpRouter.toWebHandler(
    Service.pipe(
      HttpRouter.provideRequest(Layer.provideMerge(App, around)),
      Layer.provide(around),
      Layer.provideMerge([HttpServer.layerServices, Layer.succeed(References.MinimumLogLevel, "None")])
    ),
    { disableLogger: true }
  )
  yield* Effect.addFinalizer(() => Effect.promise(web.dispose))
  const get = (path: string, cookie = "") =>
    Effect.promise(async () => {
      const response = await web.handler(new Request(new URL(path, "https://app.test"), { headers: { cookie } }))
      const [kept = ""] = (response.headers.get("set-cookie") ?? "").split(";")
      return { status: response.status, text: await response.text(), location: response.headers.get("location"), kept }
    })
  return {
    get,
    /** Begins, and says yes in a workspace: the callback, and the cookie that goes with it. */
    begin: Effect.fnUntraced(function* (workspace = 0) {
      const { kept, location } = yield* get("/install?region=eu")
      assert(location !== null)
      const said = yield* intercom.get(`${location}&workspace=${workspace}`)
      assert.strictEqual(said.status, 302)
      return { callback: said.headers["location"] ?? "", kept }
    })
  }
})

it.effect("an app is installed in workspaces, each of which has a client then", () =>
  Effect.gen(function* () {
    const { begin, get } = yield* browser
    const names: Array<string> = []
    for (const workspace of [0, 1]) {
      const { callback, kept } = yield* begin(workspace)
      assert.include(callback, "%3D%3D")
      const installed = yield* get(callback, kept)
      const [, name = ""] = /^Installed in (\w+)\.\n$/.exec(installed.text) ?? assert.fail(installed.text)
      names.push(name)
      // A code works once, and so does the state.
      assert.strictEqual((yield* get(callback, kept)).status, 400)
      assert.strictEqual(installed.kept.split("=")[1], "")
    }
    assert.deepStrictEqual(yield* TokenStore.use(({ keys }) => keys), names.toSorted())
    const counts = yield* Effect.forEach(names, (name) => get(`/workspaces/${name}/contacts`))
    assert.deepStrictEqual(
      counts.map(({ text }) => text),
      ["7 contacts\n", "9 contacts\n"]
    )
    assert.strictEqual((yield* get("/workspaces/nobody/contacts")).status, 404)
  }).pipe(Effect.scoped, Effect.provide([Intercom, TokenStore.layerMemory()]))
)

it.effect("a callback of another browser, or without a code, installs nothing", () =>
  Effect.gen(function* () {
    const { begin, get } = yield* browser
    const { callback, kept } = yield* begin()
    const other = yield* begin()
    const denied = new URL(callback)
    denied.searchParams.delete("code")
    for (const [url, cookie] of [
      [callback, ""],
      [callback, other.kept],
      [denied.href, kept],
      ["/callback", kept],
      ["/install?region=mars", ""]
    ] as const) {
      assert.strictEqual((yield* get(url, cookie)).status, 400, url)
    }
    assert.deepStrictEqual(yield* TokenStore.use(({ keys }) => keys), [])
    assert.strictEqual((yield* get(callback, kept)).status, 200)
  }).pipe(Effect.scoped, Effect.provide([Intercom, TokenStore.layerMemory()]))
)
