/** Where the state of a fleet is: in a SQLite database, or in the PostgreSQL database of the environment. */
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as PostgresAddress from "@effect-intercom/export/PostgresAddress"
import { Fleet, UnknownNight } from "@effect-intercom/fleet/Fleet"
import * as NodeCluster from "@effect-intercom/fleet/NodeCluster"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type PlaceOptions, postgresVariable, type RunOptions } from "../FleetCommand.ts"

const Address = Schema.Redacted(
  Schema.String.check(
    Schema.makeFilter((text) => /^postgres(ql)?:\/\//i.test(text) && PostgresAddress.isAddress(text), {
      expected: "the address of a database, postgres://USER:PASSWORD@HOST:PORT/DATABASE"
    })
  )
)

/** The PostgreSQL database of the fleet, if it has one. */
const postgres = Config.option(Config.schema(Address, postgresVariable))

/** What a runner stands on. */
export const runner = (options: RunOptions) =>
  Layer.unwrap(
    Effect.map(postgres, (url): Layer.Layer<NodeCluster.Cluster, unknown, Environment> => {
      if (Option.isNone(url)) return Layer.provide(NodeCluster.layerSqlite({ file: options.state }), NodeExport.layer)
      return NodeCluster.layerPostgres({
        url: url.value,
        host: options.host,
        port: options.port,
        listenHost: Option.getOrUndefined(options.listenHost),
        lockExpiration: options.lockExpiration * 1000
      })
    })
  )

type Environment = Layer.Services<ReturnType<typeof NodeCluster.layerSqlite>>

/** There is no database: nothing was started here. */
export class NoFleet extends Schema.TaggedError<NoFleet>()("NoFleet", { file: Schema.String }) {
  override get message(): string {
    return `${this.file} is not there: start a night first, name the database with --state, or put the address of a PostgreSQL database into ${postgresVariable}.`
  }
}

/** The fleet, for those who run nothing. `made`: the database need not be there yet. */
export const client = ({ state }: PlaceOptions, { made }: { readonly made: boolean }) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const url = yield* postgres
      if (Option.isSome(url))
        return Layer.provide(Fleet.layerClient, NodeCluster.layerPostgresClient({ url: url.value }))
      const fs = yield* FileSystem.FileSystem
      if (!made && !(yield* Effect.orElseSucceed(fs.exists(state), () => true)))
        return yield* new NoFleet({ file: state })
      return Layer.provide(Fleet.layerClient, NodeCluster.layerSqliteClient({ file: state }))
    })
  )

/** The night that is meant: the one that was named, or the latest. */
export const nightOf = (night: Option.Option<string>) =>
  Effect.gen(function* () {
    if (Option.isSome(night)) return night.value
    const [latest] = yield* (yield* Fleet).nights
    return latest === undefined ? yield* new UnknownNight({ night: "" }) : latest.night
  })

/** For messages; a password in the address is not shown. */
export const nameOf = ({ state }: PlaceOptions) =>
  Effect.map(postgres, (url) => (Option.isSome(url) ? new URL(Redacted.value(url.value)).host : state))
