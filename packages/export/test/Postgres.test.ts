import * as NodeHost from "@effect-intercom/export/NodeHost"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as Postgres from "@effect-intercom/export/Postgres"
import * as SinkKit from "@effect-intercom/export/SinkKit"
import * as PgClient from "@effect/sql-pg/PgClient"
import { describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as NodeCrypto from "node:crypto"
import * as PostgresServer from "./PostgresServer.ts"
import { type Row, type SqlPlace, subject } from "./SqlPlace.ts"
import { scenarios } from "./SqlScenarios.ts"

/** What a database says to one statement, in a connection of its own. */
const ask = (url: string, sql: string, schema = "public") =>
  Effect.orDie(
    Effect.provide(
      PgClient.PgClient.use((client) =>
        Effect.andThen(client`SELECT set_config('search_path', ${schema}, false)`, client.unsafe<Row>(sql))
      ),
      PgClient.layerFrom(PgClient.makeClient({ url: Redacted.make(url) }))
    )
  )

/** A schema that is not there yet. */
const place = Effect.gen(function* () {
  const { url } = yield* PostgresServer.PostgresServer
  const schema = `test "${NodeCrypto.randomUUID()}`
  yield* Effect.addFinalizer(() => ask(url, `DROP SCHEMA IF EXISTS "${schema.replaceAll('"', '""')}" CASCADE`))
  return {
    schema,
    url,
    layer: Postgres.layer({ url: Redacted.make(url), schema }),
    query: (sql: string) => ask(url, sql, `"${schema.replaceAll('"', '""')}"`),
    json: JSON.stringify,
    boolean: (value: unknown) => value === true
  } satisfies SqlPlace<unknown> & { readonly schema: string; readonly url: string }
})

describe("Postgres", () => {
  layer(Layer.mergeAll(PostgresServer.layer, NodeHost.layer, NodeSha256.layer), { excludeTestServices: true })((it) => {
    for (const { check, name } of SinkKit.laws(Effect.map(place, subject))) it.effect(name, () => check)

    for (const [name, scenario] of Object.entries(scenarios)) it.effect(name, () => Effect.flatMap(place, scenario))
  })
})
