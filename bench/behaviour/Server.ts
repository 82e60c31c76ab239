/** A local HTTP server that answers as a script says, and remembers what it was asked. */
import * as Effect from "effect/Effect"
import * as http from "node:http"
import type { AddressInfo } from "node:net"

export interface Request {
  readonly method: string
  readonly host: string
  readonly url: URL
  /** Whether the token came along. */
  readonly authorized: boolean
}

export type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body: string }
  /** Headers and the start of a body, then nothing. */
  | "stall"
  /** The connection is reset, without an answer. */
  | "reset"

/** What to answer to the request with number `nth`, from 1; made for each server, so it may keep state. */
export type Script = (origin: string) => (request: Request, nth: number) => Answer

export interface Server {
  readonly origin: string
  readonly requests: Array<Request>
  readonly answers: Array<Answer>
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", "x-request-id": requestId, ...headers },
  body: JSON.stringify(body)
})

export const requestId = "req-1"

export const refuse = (status: number, code: string, message: string, headers?: Record<string, string>): Answer =>
  json({ type: "error.list", request_id: requestId, errors: [{ code, message }] }, status, headers)

const give = (answer: Answer, response: http.ServerResponse): void => {
  if (answer === "reset") {
    response.socket?.resetAndDestroy()
    return
  }
  if (answer === "stall") {
    response.writeHead(200, { "content-type": "application/json" }).write('{"type":"con')
    return
  }
  response.writeHead(answer.status, answer.headers).end(answer.body)
}

const listen = (script: Script): Promise<{ readonly server: Server; readonly listener: http.Server }> =>
  new Promise((resolve) => {
    const listener = http.createServer().listen(0, "127.0.0.1", () => {
      // A listening TCP server's address is one of these.
      const origin = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
      const server: Server = { origin, requests: [], answers: [] }
      const answer = script(origin)
      listener.on("request", (incoming, response) => {
        const request: Request = {
          method: incoming.method ?? "",
          host: incoming.headers.host ?? "",
          url: new URL(incoming.url ?? "/", origin),
          authorized: incoming.headers.authorization !== undefined
        }
        server.requests.push(request)
        const given = answer(request, server.requests.length)
        server.answers.push(given)
        incoming.resume().on("end", () => give(given, response))
      })
      resolve({ server, listener })
    })
  })

/** Serves on a free port until the scope closes; then no connection is left open. */
export const serve = (script: Script) =>
  Effect.acquireRelease(
    Effect.promise(() => listen(script)),
    ({ listener }) =>
      Effect.promise(async () => {
        const closed = new Promise((resolve) => listener.close(resolve))
        listener.closeAllConnections()
        await closed
      })
  ).pipe(Effect.map(({ server }) => server))
