/**
 * The same cost for every walker: pages are serialised once, before the first request, and sent as they are. Rate-limit
 * headers are there and never limit. Prints its URL when it is ready.
 *
 * node bench/walk/server.ts RECORDS
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { page, pageOf, perPage } from "../internal/Contacts.ts"

const records = Number(process.argv[2] ?? 150_000)
const pages = Array.from({ length: Math.max(1, Math.ceil(records / perPage)) }, (_, index) =>
  Buffer.from(JSON.stringify(page(index, records)))
)

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost")
  const body = url.pathname === "/contacts" ? pages[pageOf(url.searchParams.get("starting_after"))] : undefined
  if (body === undefined) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    "intercom-version": request.headers["intercom-version"] ?? "2.15",
    "x-request-id": "0001a2b3c4d5e6f7g8h9",
    "x-ratelimit-limit": "1000000",
    "x-ratelimit-remaining": "999999",
    "x-ratelimit-reset": String(Math.ceil(Date.now() / 10_000) * 10)
  })
  response.end(body)
})

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
