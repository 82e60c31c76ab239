/**
 * What the fleet knows of its nights, in two tables beside those of the engine. They are for people, and for what the
 * engine does not keep: since when, where, how far, why. No token is in them.
 *
 * | table                     | what                                                    |
 * | ------------------------- | ------------------------------------------------------- |
 * | `intercom_fleet_nights`   | when a night was started                                |
 * | `intercom_fleet_exports`  | how far the export of a workspace is, by night          |
 *
 * Whoever takes an export over gets a greater `token`; what a runner writes that had an earlier one is refused. (The sinks
 * have fencing tokens of their own.)
 */
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import { isSqlError } from "effect/sql/SqlError"
import type { Kind, WorkspaceFailed } from "./Night.ts"

/** The database of the fleet does not answer, or refuses. */
export class FleetDatabaseFailed extends Schema.TaggedError<FleetDatabaseFailed>()("FleetDatabaseFailed", {
  description: Schema.String
}) {
  override get message(): string {
    return `The database of the fleet failed: ${this.description}. Check that it runs, and its address.`
  }
}

/**
 * `waiting`: for a runner, its turn, or the next try. `running`: on a runner. `done`, `failed`: over, for this night.
 */
export type State = "waiting" | "running" | "done" | "failed"

/** The export of one workspace in one night. Times are in Unix milliseconds. */
export interface Row {
  readonly night: string
  readonly workspace: string
  readonly state: State
  /** Since when it is in this state. */
  readonly since: number
  /** The last sign of life of its runner. */
  readonly seen: number
  /** Where it runs, or ran last; null before. */
  readonly runner: string | null
  /** 1, and one more for each retry. */
  readonly round: number
  /** How often a runner took it. */
  readonly turns: number
  /** Of the last one that did. */
  readonly token: number
  /** Failures in a row, in this round; the one that ended it, too. */
  readonly failures: number
  readonly records: number
  readonly requests: number
  /** What it failed with, the last time. */
  readonly kind: Kind | null
  readonly resource: string | null
  readonly message: string | null
}

/** An export that this runner has. */
export interface Claim {
  readonly night: string
  readonly workspace: string
  readonly token: number
  /** When the night was started. */
  readonly startedAt: number
  readonly failures: number
  /** How often it was taken before. */
  readonly before: number
  readonly requests: number
  /** Records of the resources that are complete for this night. */
  readonly completed: { readonly [resource: string]: number }
}

export interface Progress {
  readonly records: number
  readonly requests: number
}

const migrations = Migrator.fromRecord({
  "0001_nights": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE IF NOT EXISTS intercom_fleet_nights (
      night VARCHAR(64) NOT NULL PRIMARY KEY, started_at BIGINT NOT NULL)`
    yield* sql`CREATE TABLE IF NOT EXISTS intercom_fleet_exports (
      night VARCHAR(64) NOT NULL, workspace VARCHAR(128) NOT NULL,
      state VARCHAR(10) NOT NULL, since BIGINT NOT NULL, seen BIGINT NOT NULL, runner VARCHAR(255),
      round INTEGER NOT NULL, token INTEGER NOT NULL, turns INTEGER NOT NULL, failures INTEGER NOT NULL,
      records BIGINT NOT NULL, requests BIGINT NOT NULL, completed TEXT NOT NULL,
      kind VARCHAR(20), resource VARCHAR(100), message TEXT,
      PRIMARY KEY (night, workspace))`
  })
})

const Completed = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Int))
const decodeCompleted = Schema.decodeUnknownSync(Completed)
const encodeCompleted = Schema.encodeSync(Completed)

interface Stored extends Row {
  readonly completed: string
}

/** Drivers give large integers as strings, or as bigints. */
const rowOf = (stored: Stored): Row => ({
  night: stored.night,
  workspace: stored.workspace,
  state: stored.state,
  since: Number(stored.since),
  seen: Number(stored.seen),
  runner: stored.runner,
  round: Number(stored.round),
  turns: Number(stored.turns),
  token: Number(stored.token),
  failures: Number(stored.failures),
  records: Number(stored.records),
  requests: Number(stored.requests),
  kind: stored.kind,
  resource: stored.resource,
  message: stored.message
})

const failed = Effect.mapError((error: unknown) =>
  isSqlError(error)
    ? new FleetDatabaseFailed({ description: error.message })
    : new FleetDatabaseFailed({ description: error instanceof Error ? error.message : String(error) })
)

/** Parameters of one statement are limited. */
const chunk = 500

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* failed(Migrator.make({})({ loader: migrations, table: "intercom_fleet_ledger_migrations" }))

  /** Adds a night, and those of its workspaces it did not have. */
  const add = (night: string, workspaces: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      yield* sql`INSERT INTO intercom_fleet_nights ${sql.insert({ night, started_at: now })} ON CONFLICT (night) DO NOTHING`
      for (const some of Arr.chunksOf(workspaces, chunk / 10)) {
        const rows = Arr.map(some, (workspace) => ({
          night,
          workspace,
          state: "waiting",
          since: now,
          seen: now,
          round: 1,
          token: 0,
          turns: 0,
          failures: 0,
          records: 0,
          requests: 0,
          completed: "{}"
        }))
        yield* sql`INSERT INTO intercom_fleet_exports ${sql.insert(rows)} ON CONFLICT (night, workspace) DO NOTHING`
      }
    }).pipe(sql.withTransaction, failed)

  const startedAt = (night: string) =>
    failed(
      Effect.map(
        sql<{ readonly started_at: number }>`SELECT started_at FROM intercom_fleet_nights WHERE night = ${night}`,
        ([found]) => (found === undefined ? undefined : Number(found.started_at))
      )
    )

  const rows = (night: string) =>
    failed(
      Effect.map(sql<Stored>`SELECT * FROM intercom_fleet_exports WHERE night = ${night} ORDER BY workspace`, (found) =>
        found.map(rowOf)
      )
    )

  /** The names of all nights, the latest first. */
  const nights = failed(
    Effect.map(
      sql<{
        readonly night: string
        readonly started_at: number
      }>`SELECT night, started_at FROM intercom_fleet_nights ORDER BY started_at DESC, night DESC`,
      (found) => found.map(({ night, started_at }) => ({ night, startedAt: Number(started_at) }))
    )
  )

  /**
   * Takes an export, from whoever has it; `undefined` when it is over, or of another round, or when somebody took it after
   * `since`, a token that was found.
   */
  const claim = (
    key: { readonly night: string; readonly workspace: string; readonly round: number },
    runner: string,
    since?: number
  ) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const begun = yield* startedAt(key.night)
      const [found] = yield* sql<Stored>`UPDATE intercom_fleet_exports
        SET token = token + 1, turns = turns + 1, state = 'running', since = ${now}, seen = ${now}, runner = ${runner}
        WHERE night = ${key.night} AND workspace = ${key.workspace} AND round = ${key.round}
          AND state IN ('waiting', 'running') ${since === undefined ? sql`` : sql`AND token = ${since}`}
        RETURNING *`
      if (found === undefined || begun === undefined) return undefined
      return {
        night: key.night,
        workspace: key.workspace,
        token: Number(found.token),
        startedAt: begun,
        failures: Number(found.failures),
        before: Number(found.turns) - 1,
        requests: Number(found.requests),
        completed: decodeCompleted(found.completed)
      } satisfies Claim
    }).pipe(failed)

  const find = (night: string, workspace: string) =>
    failed(
      Effect.map(
        sql<Stored>`SELECT * FROM intercom_fleet_exports WHERE night = ${night} AND workspace = ${workspace}`,
        ([found]) => (found === undefined ? undefined : rowOf(found))
      )
    )

  type Fields = Partial<Pick<Stored, "state" | "since" | "failures" | "kind" | "resource" | "message" | "completed">>

  /** Writes what a claim came to; false when another runner has it by now. */
  const write = ({ night, token, workspace }: Claim, { records, requests }: Progress, fields: Fields = {}) =>
    Effect.gen(function* () {
      const seen = yield* Clock.currentTimeMillis
      const found = yield* sql`UPDATE intercom_fleet_exports
        SET ${sql.update({ ...fields, records, requests, seen })}
        WHERE night = ${night} AND workspace = ${workspace} AND token = ${token} AND state = 'running' RETURNING night`
      return found.length > 0
    }).pipe(failed)

  const ended = (state: State, failure?: WorkspaceFailed) =>
    Effect.map(Clock.currentTimeMillis, (since): Fields => ({
      state,
      since,
      kind: failure?.kind ?? null,
      resource: failure?.resource ?? null,
      message: failure?.message ?? null
    }))

  /** Makes exports of a night that failed wait again, each in a new round. */
  const again = (night: string, workspaces: ReadonlyArray<string> | undefined) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const chosen = workspaces === undefined ? [undefined] : Arr.chunksOf(workspaces, chunk)
      const found = yield* Effect.forEach(
        chosen,
        (some) => sql<Stored>`UPDATE intercom_fleet_exports
          SET round = round + 1, state = 'waiting', since = ${now}, seen = ${now}, failures = 0
          WHERE night = ${night} AND state = 'failed' ${some === undefined ? sql`` : sql`AND ${sql.in("workspace", some)}`}
          RETURNING *`
      )
      return found.flat().map(rowOf)
    }).pipe(sql.withTransaction, failed)

  /** Forgets a night. */
  const remove = (night: string) =>
    Effect.gen(function* () {
      yield* sql`DELETE FROM intercom_fleet_exports WHERE night = ${night}`
      yield* sql`DELETE FROM intercom_fleet_nights WHERE night = ${night}`
    }).pipe(sql.withTransaction, failed)

  return {
    add,
    again,
    claim,
    find,
    nights,
    remove,
    rows,
    startedAt,
    /** A sign of life; false when another runner has it by now. */
    progress: (claim: Claim, progress: Progress) => write(claim, progress),
    /** A resource is complete, for this night. */
    complete: (claim: Claim, progress: Progress, completed: Claim["completed"]) =>
      write(claim, progress, { completed: encodeCompleted(completed) }),
    /** Back into the queue: its turn is over, its runner ends, or it failed with what may pass. */
    release: (claim: Claim, progress: Progress, failures: number, failure?: WorkspaceFailed) =>
      Effect.flatMap(ended("waiting", failure), (fields) => write(claim, progress, { ...fields, failures })),
    done: (claim: Claim, progress: Progress) =>
      Effect.flatMap(ended("done"), (fields) => write(claim, progress, { ...fields, failures: 0 })),
    fail: (claim: Claim, progress: Progress, failures: number, failure: WorkspaceFailed) =>
      Effect.flatMap(ended("failed", failure), (fields) => write(claim, progress, { ...fields, failures }))
  }
})

/** The tables, in the database of the current `SqlClient`; they are made when they are not there. */
export class Ledger extends Context.Service<Ledger, Effect.Success<typeof make>>()("@effect-intercom/fleet/Ledger") {
  static readonly layer: Layer.Layer<Ledger, FleetDatabaseFailed, SqlClient.SqlClient> = Layer.effect(this, make)
}
