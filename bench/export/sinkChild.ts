/** Gives contacts to one sink, a page at a time as an export does, and prints what that took. */
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as Resource from "@effect-intercom/export/Resource"
import { Sink } from "@effect-intercom/export/Sink"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { contact, perPage } from "../internal/Contacts.ts"

const [kind = "", directory = "", wanted = ""] = process.argv.slice(2)
const count = Number(wanted)

const layers = {
  ndjson: async () => (await import("@effect-intercom/export/Ndjson")).layer({ directory }),
  parquet: async () => (await import("@effect-intercom/export/Parquet")).layer({ directory }),
  sqlite: async () => (await import("@effect-intercom/export/NodeSqlite")).layer({ file: `${directory}/workspace.db` }),
  duckdb: async () =>
    (await import("@effect-intercom/export/NodeDuckDb")).layer({ file: `${directory}/workspace.duckdb` })
}

const isKind = (name: string): name is keyof typeof layers => Object.hasOwn(layers, name)
if (!isKind(kind)) throw new Error(`Which sink? ${Object.keys(layers).join(", ")}`)

const { table } = Resource.all.contacts

const program = Effect.gen(function* () {
  const { open } = yield* Sink.use(({ connect }) => connect)
  const output = yield* open(table, "replace")
  for (let at = 0; at < count; at += perPage) {
    const records = Array.from({ length: Math.min(perPage, count - at) }, (_, index) => contact(at + index))
    yield* output.commit({ records, quarantined: [] }, () => `{"at":${at}}`)
  }
  const { records } = yield* output.finish("contacts")
  yield* output.forget
  if (records !== count) return yield* Effect.die(new Error(`${records} records, not ${count}`))
}).pipe(Effect.scoped)

const layer = (await layers[kind]()).pipe(Layer.provide(NodeExport.layer), Layer.provide(NodeServices.layer))
const cpu = process.cpuUsage()
const start = performance.now()
await Effect.runPromise(Effect.provide(program, layer))
const wall = performance.now() - start
const { system, user } = process.cpuUsage(cpu)
console.log(JSON.stringify({ wall, cpu: (user + system) / 1000, peak: process.resourceUsage().maxRSS * 1024 }))
