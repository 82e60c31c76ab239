import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as NodeHttp from "node:http"
import type { AddressInfo } from "node:net"
import * as Command from "./Command.ts"

interface Proxy {
  readonly port: number
  /** What it was asked for. */
  readonly asked: ReadonlyArray<string>
}

/** A proxy for `ada` with the password `s3cret/`; or one that answers everything with this status. */
const proxy = (status?: number) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<{ readonly server: NodeHttp.Server; readonly asked: Array<string> }>((resume) => {
        const asked: Array<string> = []
        const answer = ({ headers }: NodeHttp.IncomingMessage): number => {
          if (status !== undefined) return status
          const login = `Basic ${Buffer.from("ada:s3cret/").toString("base64")}`
          return headers["proxy-authorization"] === login ? 200 : 407
        }
        const server = NodeHttp.createServer((request, response) => {
          asked.push(request.url ?? "")
          const code = answer(request)
          if (code !== 200) return void response.writeHead(code).end()
          const { "proxy-authorization": _, ...headers } = request.headers
          request.pipe(
            NodeHttp.request(request.url ?? "", { method: request.method, headers }, (inner) => {
              response.writeHead(inner.statusCode ?? 500, inner.headers)
              inner.pipe(response)
            })
          )
        })
        server.on("connect", (request, socket) => {
          asked.push(`CONNECT ${request.url}`)
          socket.end(`HTTP/1.1 ${answer(request) === 200 ? 502 : answer(request)} Refused\r\n\r\n`)
        })
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed({ server, asked })))
      }),
      ({ server }) =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
    ),
    // A server that listens on TCP has such an address.
    ({ asked, server }): Proxy => ({ asked, port: (server.address() as AddressInfo).port })
  )

const environment = Simulator.useSync(({ token, url }) => ({
  INTERCOM_BASE_URL: url,
  INTERCOM_ACCESS_TOKEN: Redacted.value(token)
}))

const elsewhere = { INTERCOM_BASE_URL: "https://api.example.test", INTERCOM_ACCESS_TOKEN: "token" }

describe("a proxy", () => {
  layer(Layer.merge(Simulator.layer({ contacts: 3 }), NodeServices.layer), { excludeTestServices: true })((it) => {
    for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY"]) {
      it.effect(`of ${name} is what requests go through, and whoami says so without its password`, () =>
        Effect.gen(function* () {
          const { asked, port } = yield* proxy()
          const env = yield* environment
          const result = yield* Command.inProcess(["whoami"], {
            ...env,
            [name]: `http://ada:s3cret%2F@127.0.0.1:${port}`
          })
          assert.strictEqual(result.code, 0, result.stderr)
          assert.deepStrictEqual(asked, [`${env.INTERCOM_BASE_URL}/me`])
          assert.match(result.stdout, new RegExp(`^proxy {6}http://127\\.0\\.0\\.1:${port}$`, "m"))
          assert.notMatch(`${result.stdout}${result.stderr}`, /s3cret|ada/)
        })
      )
    }

    it.effect("is gone past where NO_PROXY names the host", () =>
      Effect.gen(function* () {
        const { asked, port } = yield* proxy(500)
        const env = { ...(yield* environment), HTTP_PROXY: `127.0.0.1:${port}`, NO_PROXY: "localhost,127.0.0.1" }
        const { code, stdout } = yield* Command.inProcess(["whoami"], env)
        assert.strictEqual(code, 0)
        assert.deepStrictEqual(asked, [])
        assert.include(stdout, `proxy      http://127.0.0.1:${port}, but for localhost, 127.0.0.1`)
      })
    )

    it.effect("is told in the log of an export", () =>
      Effect.gen(function* () {
        const { asked, port } = yield* proxy()
        const out = yield* Command.temporary
        const { code, stderr } = yield* Command.inProcess(
          ["export", "contacts", "--to", `ndjson:${out}/o`, "--log-format", "json"],
          { ...(yield* environment), HTTP_PROXY: `http://ada:s3cret%2F@127.0.0.1:${port}` }
        )
        assert.strictEqual(code, 0, stderr)
        assert.isAbove(asked.length, 1)
        assert.match(stderr, new RegExp(`"event":"log".*Requests go through the proxy http://127\\.0\\.0\\.1:${port}"`))
        assert.notInclude(stderr, "s3cret")
      })
    )

    const refusals: ReadonlyArray<readonly [number | undefined, RegExp]> = [
      [undefined, /which wants a user and password: write http:\/\/USER:PASSWORD@HOST:PORT\.$/m],
      [403, /which refuses it: ask whoever runs it, or name the host in NO_PROXY\.$/m]
    ]
    for (const [status, expected] of refusals) {
      it.effect(`that answers ${status ?? 407} is named, with what to do`, () =>
        Effect.gen(function* () {
          const { asked, port } = yield* proxy(status)
          const { code, stderr } = yield* Command.inProcess(["whoami"], {
            ...elsewhere,
            HTTPS_PROXY: `http://127.0.0.1:${port}`
          })
          assert.strictEqual(code, 1)
          assert.include(asked, "CONNECT api.example.test:443")
          assert.match(
            stderr,
            new RegExp(
              `^The connection to api\\.example\\.test failed \\(.*\\)\\. It goes through the proxy http://127\\.0\\.0\\.1:${port}, of`,
              "m"
            )
          )
          assert.match(stderr, expected)
          assert.notInclude(stderr, "--region")
        })
      )
    }

    it.effect("that is not there is named", () =>
      Effect.gen(function* () {
        const { port } = yield* Effect.scoped(proxy())
        const { code, stderr } = yield* Command.inProcess(["whoami"], {
          ...elsewhere,
          HTTPS_PROXY: `http://127.0.0.1:${port}`
        })
        assert.strictEqual(code, 1)
        assert.match(stderr, new RegExp(`through the proxy http://127\\.0\\.0\\.1:${port}, of .*: check that address`))
      })
    )

    it.effect("whose address is none is a mistake in the environment", () =>
      Effect.gen(function* () {
        for (const args of [["whoami"], ["export", "tags", "--to", "-"]]) {
          const { code, stderr } = yield* Command.inProcess(args, {
            ...elsewhere,
            https_proxy: "http://ada:s3c/ret@proxy:1"
          })
          assert.strictEqual(code, 64)
          assert.match(stderr, /^https_proxy: expected the address of a proxy such as http:\/\/proxy\.example:3128/m)
          assert.notInclude(stderr, "s3c")
        }
      })
    )

    it.effect("is not asked for the demo, whose workspace is in its own process", () =>
      Effect.gen(function* () {
        const { asked, port } = yield* proxy(500)
        const out = yield* Command.temporary
        const args = ["demo", "--out", `${out}/d`, "--contacts", "20", "--companies", "3", "--conversations", "2"]
        const { code, stderr } = yield* Command.inProcess([...args, "--faults", "none"], {
          HTTP_PROXY: `http://127.0.0.1:${port}`
        })
        assert.strictEqual(code, 0, stderr)
        assert.deepStrictEqual(asked, [])
      })
    )
  })
})
