/** Admins. Their ids are numbers in other records and strings in their own. */
import { Admins } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Collection from "../internal/Collection.ts"
import * as Listing from "../internal/Listing.ts"
import * as Prng from "../internal/Prng.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

type Row = Collection.Row

const salt = 6

const ids = Ids.counting(({ seed }) => 1_000_000 + (Prng.hash(seed, salt) % 9000) * 1000)

/** The id of an admin, as other records have it. */
export const idOf = (world: World.World, index: number): number => Number(world.id("admins", index))

export const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const [given, plainGiven] = random.pick(V.givenNames)
  const [family] = random.pick(V.familyNames)
  return {
    type: "admin",
    id: world.id("admins", index),
    name: `${given} ${family}`,
    email: `${plainGiven}.${index}@support.example.com`,
    job_title: random.chance(0.5) ? "Support engineer" : "",
    away_mode_enabled: random.chance(0.2),
    away_mode_reassign: false,
    away_status_reason_id: null,
    has_inbox_seat: random.chance(0.9),
    team_ids: random.chance(0.3) && world.counts.teams > 0 ? [Number(world.id("teams", 0))] : [],
    avatar: random.chance(0.5) ? `https://static.example.com/admins/${index}.png` : null,
    team_priority_level: { primary_team_ids: [], secondary_team_ids: [] }
  }
}

/** The workspace, as `GET /me` shows it. */
const app = (world: World.World) => ({
  type: "app",
  id_code: World.workspaceId(world),
  name: "Simulated workspace",
  region: "US",
  timezone: world.timezone,
  created_at: World.start,
  secure: false,
  identity_verification: false
})

// The same picture is a URL in listings.
const pictured = (row: Row) => ({ ...row, avatar: { type: "avatar", image_url: row["avatar"] } })

const logOf = (
  id: string,
  admin: Row,
  type: string,
  description: string,
  metadata: object,
  created_at: number
): Row => ({
  id,
  performed_by: { type: "admin", id: admin.id, email: admin["email"], ip: "127.0.0.1" },
  metadata,
  created_at,
  activity_type: type,
  activity_description: `${String(admin["name"])} ${description}`
})

/** What admins did, oldest first: each has signed in once. */
const logsIn = Function.memoize(({ world }: Kind.Workspace): Array<Row> =>
  Array.from({ length: world.counts.admins }, (_, index) => {
    const metadata = { sign_in_method: "password" }
    const at = World.start + index * World.day
    return logOf(`log-${index}`, generate(world, index), "admin_login_success", "successfully logged in", metadata, at)
  })
)

const logsOf = (workspace: Kind.Workspace): ReadonlyArray<Row> => logsIn(workspace)

/** Logs what an admin did, at a time in Unix seconds. */
const log = (workspace: Kind.Workspace, admin: Row, type: string, description: string, metadata: object, now: number) =>
  logsIn(workspace).push(logOf(String(workspace.nextNumber()), admin, type, description, metadata, now))

export const admins = Kind.listed(Admins, {
  count: 5,
  ids,
  generate,
  missing: { message: "Admin for admin_id not found", code: "admin_not_found" },
  handlers: {
    // The token is the first admin's.
    me: (_, { collection, workspace: { world } }) => {
      const row = collection.size() > 0 ? collection.at(0) : generate(world, 0)
      const { away_status_reason_id: _reason, team_priority_level: _level, ...admin } = row
      return Effect.succeed(
        Listing.value({
          ...pictured(admin),
          email_verified: true,
          app: app(world)
        })
      )
    },
    list: Crud.list({ type: "admin.list" }),
    get: ({ params }, { collection, kind }) => {
      const row = collection.find(params.admin_id)
      return row === undefined ? Crud.missing(kind.missing) : Effect.succeed(Listing.value(pictured(row)))
    },
    setAway: ({ params, payload }, { collection, kind, workspace }) => {
      const row = collection.find(params.admin_id)
      if (row === undefined) return Crud.missing(kind.missing)
      const { away_mode_enabled, away_mode_reassign, away_status_reason_id } = payload
      const reason = away_status_reason_id ?? null
      if (reason !== null && workspace.collections.awayStatusReasons.find(String(reason)) === undefined) {
        return Crud.missing({ message: "Away status reason not found" })
      }
      return Effect.flatMap(Crud.time, ({ at, now }) => {
        const changed = {
          ...row,
          away_mode_enabled,
          away_mode_reassign,
          away_status_reason_id: away_mode_enabled ? reason : null
        }
        collection.replace(changed, at)
        const metadata = { away_mode: away_mode_enabled, reassign_conversations: away_mode_reassign, source: "api" }
        log(workspace, row, "admin_away_mode_change", "changed away mode", metadata, now)
        return Effect.succeed(Listing.value(pictured(changed)))
      })
    },
    listActivityLogs: (call, here) => {
      const { created_at_after: after, created_at_before: before = Number.POSITIVE_INFINITY } = call.query
      const rows = logsOf(here.workspace).filter(({ created_at: at }) => Number(at) >= after && Number(at) <= before)
      return Crud.show({ type: "activity_log.list", perPage: 20 }, Collection.of(rows.toReversed()), call, here)
    }
  }
})
