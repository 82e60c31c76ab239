/** Admins. Their ids are numbers in other records and strings in their own. */
import { Admins } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Listing from "../internal/Listing.ts"
import * as Prng from "../internal/Prng.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const salt = 6

const ids = Ids.counting(({ seed }) => 1_000_000 + (Prng.hash(seed, salt) % 9000) * 1000)

/** The id of an admin, as other records have it. */
export const idOf = (world: World.World, index: number): number => Number(ids.of(world, index))

export const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const [given, plainGiven] = random.pick(V.givenNames)
  const [family] = random.pick(V.familyNames)
  return {
    type: "admin",
    id: ids.of(world, index),
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

export const admins = Kind.listed(Admins, {
  count: 5,
  ids,
  generate,
  handlers: {
    // The token is the first admin's.
    me: (_, { collection, workspace: { world } }) => {
      const row = collection.size() > 0 ? collection.at(0) : generate(world, 0)
      const { away_status_reason_id: _reason, team_priority_level: _level, ...admin } = row
      return Effect.succeed(
        Listing.value({
          ...admin,
          // The same picture is a URL in listings.
          avatar: { type: "avatar", image_url: row["avatar"] },
          email_verified: true,
          app: app(world)
        })
      )
    },
    list: Crud.list({ type: "admin.list" })
  }
})
