/** Many simulated workspaces, a token for each, and a fleet that exports them into a directory. */
import { TokenStore } from "@effect-intercom/core/TokenStore"
import { Fleet, type Options } from "@effect-intercom/fleet/Fleet"
import * as NodeCluster from "@effect-intercom/fleet/NodeCluster"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Simulator from "@effect-intercom/simulator/Simulator"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

export const plan: Plan = { resources: ["tags", "contacts"], pageSize: 10 }

const rateLimit = { limit: 10_000_000, window: Duration.seconds(10) }

export const tokenOf = (name: string) => Redacted.make(`s3cret-${name}`)

/** Each has other records, and as many more contacts as it comes later. */
export const simulator = (names: ReadonlyArray<string>, contacts = 12, each: Simulator.Options = {}) =>
  Simulator.Simulator.layerClient({
    rateLimit,
    contacts: 0,
    workspaces: names.map((name, index) => ({
      ...each,
      seed: index + 1,
      token: tokenOf(name),
      contacts: contacts + index * 3,
      rateLimit
    }))
  })

export const tokens = (names: ReadonlyArray<string>) =>
  TokenStore.layerMemory(
    Object.fromEntries(names.map((name) => [name, { accessToken: tokenOf(name), baseUrl: "http://simulator.test" }]))
  ).pipe(Layer.orDie)

/** What a runner stands on. */
export const cluster = (directory: string) =>
  NodeCluster.layerSqlite({ file: `${directory}/fleet.db`, poll: "20 millis", grace: "2 seconds" }).pipe(
    Layer.provide([NodeExport.layer, NodeServices.layer])
  )

/** A runner on SQLite in a directory, which has the exports, too. */
export const runner = (directory: string, options: Partial<Options> = {}) =>
  Fleet.layer({
    plan,
    target: (workspace) => Ndjson.layer({ directory: `${directory}/${workspace}` }),
    ...options
  }).pipe(Layer.provide(NodeExport.layer), Layer.provideMerge(cluster(directory)), Layer.provide(NodeServices.layer))

/** The same database, without a runner. */
export const client = (directory: string) =>
  Fleet.layerClient.pipe(Layer.provideMerge(NodeCluster.layerSqliteClient({ file: `${directory}/fleet.db` })))

export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  fs.makeTempDirectoryScoped({ prefix: "fleet-" })
).pipe(Effect.provide(NodeServices.layer))

export const contentOf = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file)).pipe(Effect.provide(NodeServices.layer))

/** What the export of a workspace has to be, by its place among the names. */
export const expected = (index: number, resource: "contacts" | "tags" = "contacts") =>
  Effect.flatMap(Simulator.Simulator, ({ workspaces }) => {
    const workspace = workspaces[index]
    return workspace === undefined
      ? Effect.die("no such workspace")
      : Effect.map(Stream.runCollect(workspace.records(resource)), (all) => all.map((line) => `${line}\n`).join(""))
  })

/** Requests of each workspace so far. */
export const requests = Effect.flatMap(Simulator.Simulator, ({ workspaces }) =>
  Effect.forEach(workspaces, ({ stats }) => Effect.map(stats, ({ requests }) => requests))
)
