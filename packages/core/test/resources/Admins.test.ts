import { Admins } from "@effect-intercom/core/resources/Admins"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refusal, refuses, tolerates, unchecked } from "./Exchange.ts"

const me = (fields: object = {}) => ({
  type: "admin",
  id: "493881",
  email: "ada@example.com",
  name: "Ada &amp; Co",
  email_verified: true,
  has_inbox_seat: true,
  avatar: { type: "avatar", image_url: null },
  app: {
    type: "app",
    id_code: "a1b2c3",
    name: "Example",
    created_at: 1_700_000_000,
    secure: false,
    identity_verification: false,
    timezone: "Europe/Dublin",
    region: "EU",
    billing: { plan: "new" }
  },
  beta: [1],
  ...fields
})

const admin = (fields: object = {}) => ({
  type: "admin",
  id: "493882",
  name: "Grace",
  email: "grace@example.com",
  job_title: "Support",
  away_mode_enabled: false,
  away_mode_reassign: false,
  away_status_reason_id: null,
  has_inbox_seat: true,
  team_ids: [814865],
  avatar: "https://static.example.com/grace.png",
  team_priority_level: { primary_team_ids: [814865], secondary_team_ids: null },
  ...fields
})

describe("Admins.me", () => {
  it.effect("asks GET /me and gives back what came, unknown fields included", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(Admins, (admins) => admins.me(), Scripted.json(me()))
      assert.strictEqual(`${sent.method} ${sent.path}`, "GET /me")
      assert.isUndefined(sent.body)
      assert.deepStrictEqual<unknown>(value, me())
      assert.strictEqual(value.app?.region, "EU")
    })
  )

  it.effect("takes an admin with nothing but type and id, and nulls elsewhere", () =>
    tolerates(Admins, (admins) => admins.me(), { type: "admin", id: "1" }, Object.keys(me()).slice(2))
  )

  it.effect("refuses an id that is no string", () => misfits(Admins, (admins) => admins.me(), me({ id: 493881 }), "id"))

  it.effect("refuses null in the place of the admin", () => misfits(Admins, (admins) => admins.me(), null, ""))

  it.effect("tells a token that is not good here from other failures", () =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(
        Admins,
        (admins) => admins.me(),
        Scripted.errorList(401, { code: "unauthorized", message: "Access Token Invalid" })
      )
      assert.strictEqual(reason._tag, "Unauthorized")
    })
  )
})

describe("Admins.list", () => {
  it.effect("asks GET /admins without a query", () =>
    Effect.gen(function* () {
      const body = { type: "admin.list", admins: [admin(), admin({ id: "2", avatar: null })] }
      const { sent, value } = yield* exchange(Admins, (admins) => admins.list(), Scripted.json(body))
      assert.strictEqual(`${sent.method} ${sent.path}`, "GET /admins")
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

  it.effect("sends display_avatar, and leaves an undefined one out", () =>
    Effect.gen(function* () {
      const answer = Scripted.json({ type: "admin.list", admins: [] })
      const given = yield* exchange(Admins, (admins) => admins.list({ display_avatar: true }), answer)
      assert.strictEqual(given.sent.path, "/admins?display_avatar=true")
      const left = yield* exchange(Admins, (admins) => admins.list({ display_avatar: undefined }), answer)
      assert.strictEqual(left.sent.path, "/admins")
    })
  )

  it.effect("refuses a query that does not fit", () =>
    Effect.gen(function* () {
      yield* refuses(Admins, (admins) => admins.list(unchecked({ display_avatar: "yes" })), { path: "display_avatar" })
      yield* refuses(Admins, (admins) => admins.list(unchecked({ per_page: 5 })), { path: "per_page" })
    })
  )

  it.effect("walks all of them with one request", () =>
    Effect.gen(function* () {
      const { value } = yield* exchange(
        Admins,
        (admins) => Stream.runCollect(admins.list.items()),
        Scripted.json({ type: "admin.list", admins: [admin({ id: "1" }), admin({ id: "2" })] })
      )
      assert.deepStrictEqual(
        value.map(({ id }) => String(id)),
        ["1", "2"]
      )
    })
  )

  it.effect("names the admin that does not fit", () =>
    misfits(
      Admins,
      (admins) => admins.list(),
      { type: "admin.list", admins: [admin(), admin({ id: 7, team_ids: [true] })] },
      "admins[1].id",
      "admins[1].team_ids[0]"
    )
  )
})
