import { TeamId, Teams } from "@effect-intercom/core/resources/Teams"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refusal, refuses, tolerates, unchecked } from "./Exchange.ts"

const team = (fields: object = {}) => ({
  type: "team",
  id: "814",
  name: "Support",
  admin_ids: [1, "2"],
  admin_priority_level: { primary_admin_ids: [1], secondary_admin_ids: null },
  assignment_limit: null,
  distribution_method: "round_robin",
  colour: "red",
  ...fields
})

const list = (...teams: ReadonlyArray<unknown>) => ({ type: "team.list", teams })

const id = TeamId.make("814")

describe("Teams.list", () => {
  it.effect("asks GET /teams, and keeps what it does not name", () =>
    Effect.gen(function* () {
      const body = list(team(), { type: "team", id: "1" })
      const { sent, value } = yield* exchange(Teams, (teams) => teams.list(), Scripted.json(body))
      assert.strictEqual(`${sent.method} ${sent.path}`, "GET /teams")
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

  it.effect("is one page", () =>
    Effect.gen(function* () {
      const { value } = yield* exchange(
        Teams,
        (teams) => Stream.runCollect(teams.list.pages()),
        Scripted.json(list(team()))
      )
      assert.deepStrictEqual<unknown>(value, [{ items: [team()] }])
    })
  )

  it.effect("refuses a query, as there is nothing to ask for", () =>
    refuses(Teams, (teams) => teams.list(unchecked({ page: 2 })), { path: "page" })
  )

  it.effect("names the team that does not fit", () =>
    misfits(Teams, (teams) => teams.list(), list(team({ id: 1 }), team({ name: 2 })), "teams[0].id", "teams[1].name")
  )
})

describe("Teams.get", () => {
  it.effect("asks for the id in the path", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(Teams, (teams) => teams.get(id), Scripted.json(team()))
      assert.strictEqual(`${sent.method} ${sent.path}`, `GET /teams/${id}`)
      assert.deepStrictEqual<unknown>(value, team())
    })
  )

  it.effect("refuses an id that cannot be part of a path", () =>
    refuses(Teams, (teams) => teams.get(TeamId.make("")), { path: "team_id" })
  )

  it.effect("takes a team with nothing but type and id, and nulls elsewhere", () =>
    tolerates(Teams, (teams) => teams.get(id), { type: "team", id }, Object.keys(team()).slice(2))
  )

  it.effect("tells that there is none", () =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(
        Teams,
        (teams) => teams.get(id),
        Scripted.errorList(404, { code: "team_not_found", message: "Team not found" })
      )
      assert.strictEqual(reason._tag, "NotFound")
    })
  )
})
