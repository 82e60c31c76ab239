/** Workspaces that change while they are read. */
import { assert, describe, it } from "@effect/vitest"
import { Faults, Simulator } from "@effect-intercom/simulator"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { errorsOf, inProcess, raw } from "./Client.ts"

interface Record {
  readonly id: string
  readonly email: string | null
  readonly updated_at: number
  readonly [field: string]: unknown
}

interface Listing {
  readonly data: ReadonlyArray<Record>
  readonly total_count: number
  readonly pages: { readonly next?: { readonly starting_after: string } }
}

const contact = (id: string, version = "2.15") =>
  raw("GET", `/contacts/${id}`, { headers: { "intercom-version": version } })

const list = (query: string) => Effect.map(raw("GET", `/contacts?${query}`), ({ body }) => body as Listing)

const all = Effect.flatMap(Simulator, ({ records }) =>
  Effect.map(Stream.runCollect(records("contacts")), (texts) => texts.map((text) => JSON.parse(text) as Record))
)

describe("a workspace", () => {
  it.effect("takes new values for fields, and moves updated_at", () =>
    Effect.gen(function* () {
      const { update } = yield* Simulator
      yield* TestClock.setTime(1_700_000_000_500)
      const [first] = yield* all
      const { id, updated_at: _, ...before } = first ?? assert.fail()
      yield* update("contacts", id, { name: "Changed" })
      const expected = { ...before, id, name: "Changed", updated_at: 1_700_000_000 }
      assert.deepEqual((yield* contact(id)).body, expected)
      assert.deepEqual((yield* all)[0], expected)
      yield* update("contacts", id, { updated_at: 5 })
      assert.strictEqual(((yield* contact(id)).body as Record).updated_at, 5)
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("knows a contact by its new email only", () =>
    Effect.gen(function* () {
      const { update } = yield* Simulator
      const { email, id } = (yield* all).find(({ email, role }) => email !== null && role === "user") ?? assert.fail()
      yield* update("contacts", id, { email: "new@example.com" })
      const create = (email: string | null) => raw("POST", "/contacts", { body: JSON.stringify({ email }) })
      const conflict = yield* create("new@example.com")
      assert.strictEqual(conflict.status, 409)
      assert.include(errorsOf(conflict)[0]?.message, `id=${id}`)
      assert.strictEqual((yield* create(email)).status, 200)
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("has removed records no more, and lists go on behind them", () =>
    Effect.gen(function* () {
      const { remove, snapshot } = yield* Simulator
      const contacts = yield* all
      const first = yield* list("per_page=10")
      // One before the cursor, the one at it, and one behind it.
      for (const index of [3, 9, 15]) yield* remove("contacts", contacts[index]?.id ?? "")
      const cursor = encodeURIComponent(first.pages.next?.starting_after ?? "")
      const next = yield* list(`per_page=10&starting_after=${cursor}`)
      assert.deepStrictEqual(
        next.data.map(({ id }) => id),
        [10, 11, 12, 13, 14, 16, 17, 18, 19, 20].map((index) => contacts[index]?.id)
      )
      assert.strictEqual(next.total_count, 97)
      assert.strictEqual((yield* snapshot("contacts")).count, 97)
      assert.strictEqual((yield* contact(contacts[9]?.id ?? "")).status, 404)
      const { id } = (yield* raw("POST", "/contacts", { body: '{"role":"lead"}' })).body as Record
      assert.strictEqual((yield* contact(id)).status, 200)
      assert.strictEqual((yield* all).at(-1)?.id, id)
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("says 404 for a conversation that was removed between the listing and the asking", () =>
    Effect.gen(function* () {
      const { remove } = yield* Simulator
      const { conversations } = (yield* raw("GET", "/conversations")).body as { conversations: ReadonlyArray<Record> }
      const id = conversations[4]?.id ?? assert.fail()
      assert.strictEqual((yield* raw("GET", `/conversations/${id}`)).status, 200)
      yield* remove("conversations", id)
      const gone = yield* raw("GET", `/conversations/${id}`)
      assert.deepStrictEqual([gone.status, errorsOf(gone)[0]?.code], [404, "not_found"])
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("merges contacts: one is gone, the other updated", () =>
    Effect.gen(function* () {
      const { mergeContacts } = yield* Simulator
      yield* TestClock.setTime(1_700_000_000_000)
      const [from, into] = (yield* all).map(({ id }) => id)
      assert(from !== undefined && into !== undefined)
      yield* mergeContacts(from, into)
      assert.deepStrictEqual((yield* list("per_page=2")).data.map(({ id, updated_at }) => [id, updated_at])[0], [
        into,
        1_700_000_000
      ])
      const missing = yield* contact(from)
      assert.deepStrictEqual([missing.status, errorsOf(missing)[0]?.code], [404, "not_found"])
      const gone = yield* contact(from, "2.16")
      assert.deepStrictEqual([gone.status, errorsOf(gone)[0]?.code], [410, "contact_merged"])
      assert.include(gone.headers["link"], into)
      assert.strictEqual((yield* contact("nobody", "2.16")).status, 404)
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("refuses to change what is not there, and says what", () =>
    Effect.gen(function* () {
      const { mergeContacts, remove, update } = yield* Simulator
      const [{ id } = assert.fail(), { id: other } = assert.fail()] = yield* all
      yield* remove("contacts", id)
      for (const change of [
        update("contacts", "nobody", {}),
        update("contacts", id, {}),
        remove("contacts", id),
        mergeContacts(id, other),
        mergeContacts(other, id),
        mergeContacts(other, "nobody")
      ]) {
        const error = yield* Effect.flip(change)
        assert.strictEqual(error._tag, "NoSuchRecord")
        assert.include([id, "nobody"], error.id)
        assert.include(error.message, `no contacts with the id ${error.id}`)
      }
      assert.strictEqual((yield* contact(other)).status, 200)
      yield* update("tags", "7000001", { name: "Renamed" })
      assert.deepStrictEqual((yield* raw("GET", "/tags/7000001")).body, { type: "tag", id: "7000001", name: "Renamed" })
    }).pipe(Effect.provide(inProcess()))
  )
})

describe("parts", () => {
  interface Whole extends Record {
    readonly statistics: { readonly count_conversation_parts: number }
    readonly conversation_parts: { readonly conversation_parts: ReadonlyArray<Record>; readonly total_count: number }
  }

  it.effect("are as many as the statistics tell, 500 at most, and the newest", () =>
    Effect.gen(function* () {
      const { records } = yield* Simulator
      const details = yield* Stream.runCollect(records("conversationDetails"))
      const wholes = details.map((text) => JSON.parse(text) as Whole)
      const counts = wholes.map(({ conversation_parts: { conversation_parts, total_count }, statistics }) => {
        assert.strictEqual(total_count, conversation_parts.length)
        return [statistics.count_conversation_parts, conversation_parts.length] as const
      })
      assert.deepStrictEqual(counts[3], [700, 500])
      assert.deepStrictEqual(counts[4], [10, 8])
      assert.isTrue(counts.every(([told, shown], index) => index === 3 || index === 4 || told === shown))
      const ids = wholes.flatMap(({ conversation_parts }) => conversation_parts.conversation_parts.map(({ id }) => id))
      assert.strictEqual(new Set(ids).size, ids.length)
      const last = wholes[3]?.conversation_parts.conversation_parts.at(-1) ?? assert.fail()
      assert.strictEqual(Number(last["created_at"]) - Number(wholes[3]?.["created_at"]), 700 * 60)
    }).pipe(Effect.provide(inProcess({ conversations: 12, parts: { 3: { count: 700 }, 4: { count: 10, shown: 8 } } })))
  )

  it.effect("are those of the records the simulator tells, byte for byte", () =>
    Effect.gen(function* () {
      const { records } = yield* Simulator
      const details = yield* Stream.runCollect(records("conversationDetails"))
      assert.lengthOf(details, 8)
      for (const text of details) {
        const { id } = JSON.parse(text) as Record
        assert.strictEqual((yield* raw("GET", `/conversations/${id}`)).text, text)
      }
    }).pipe(Effect.provide(inProcess({ conversations: 8 })))
  )
})

describe("what the simulator tells", () => {
  it.effect("of events is what each contact's listing has, contact after contact", () =>
    Effect.gen(function* () {
      const { records, snapshot } = yield* Simulator
      const contacts = yield* all
      const event = { event_name: "ordered", created_at: 1_700_000_000, id: contacts[2]?.id }
      yield* raw("POST", "/events", { body: JSON.stringify(event) })
      const listed = yield* Effect.forEach(contacts, ({ id }) =>
        Effect.map(raw("GET", `/events?type=user&intercom_user_id=${id}`), ({ body }) =>
          (body as { readonly events: ReadonlyArray<unknown> }).events.map((event) => JSON.stringify(event))
        )
      )
      assert.deepStrictEqual(yield* Stream.runCollect(records("events")), listed.flat())
      assert.strictEqual((yield* snapshot("events")).count, 61)
    }).pipe(Effect.provide(inProcess({ contacts: 20 })))
  )

  it.effect("of tags and teams is what they list, and other records refer to them", () =>
    Effect.gen(function* () {
      const { records } = yield* Simulator
      const texts = (rows: ReadonlyArray<unknown>) => rows.map((row) => JSON.stringify(row))
      const { data } = (yield* raw("GET", "/tags")).body as Listing
      const { teams } = (yield* raw("GET", "/teams")).body as { readonly teams: ReadonlyArray<Record> }
      assert.deepStrictEqual(texts(data), yield* Stream.runCollect(records("tags")))
      assert.deepStrictEqual(texts(teams), yield* Stream.runCollect(records("teams")))
      assert.deepStrictEqual([data.length, teams.length], [7, 3])

      const known = new Map(data.map(({ id, name }) => [id, name]))
      assert.strictEqual(new Set(known.values()).size, 7)
      const companies = yield* Stream.runCollect(records("companies"))
      const used = companies.flatMap(
        (text) => (JSON.parse(text) as { tags: { tags: ReadonlyArray<Record> } }).tags.tags
      )
      assert.isNotEmpty(used)
      for (const { id, name } of used) assert.strictEqual(known.get(id), name)

      const admins = (yield* Stream.runCollect(records("admins"))).map((text) => JSON.parse(text) as Record)
      const members = admins.filter(({ team_ids }) => (team_ids as ReadonlyArray<number>).length > 0)
      assert.isNotEmpty(members)
      assert.deepStrictEqual(
        teams[0]?.["admin_ids"],
        members.map(({ id }) => Number(id))
      )
    }).pipe(Effect.provide(inProcess({ tags: 7, teams: 3, admins: 12, companies: 40 })))
  )

  it.effect("of tags and teams is found by id", () =>
    Effect.gen(function* () {
      for (const [path, code] of [
        ["/tags/7000002", "tag_not_found"],
        ["/teams/5017692", "team_not_found"]
      ] as const) {
        const found = yield* raw("GET", path)
        assert.strictEqual(found.status, 200)
        assert.strictEqual((found.body as Record).id, path.split("/")[2])
        const missing = yield* raw("GET", `${path}9`)
        assert.deepStrictEqual([missing.status, errorsOf(missing)[0]?.code], [404, code])
      }
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("of a workspace without tags and teams refers to none", () =>
    Effect.gen(function* () {
      const { records } = yield* Simulator
      const told = yield* Effect.forEach(["contacts", "companies", "admins", "conversations"] as const, (resource) =>
        Stream.runCollect(records(resource))
      )
      assert.isFalse(told.flat().some((text) => /"id":"70000|5017691/.test(text)))
    }).pipe(Effect.provide(inProcess({ tags: 0, teams: 0 })))
  )
})

describe("faults of some requests", () => {
  const page = (perPage: number) =>
    raw("POST", "/contacts/search", {
      body: JSON.stringify({
        query: { field: "created_at", operator: ">", value: 0 },
        pagination: { per_page: perPage }
      })
    })
  const statuses = <E, R>(...requests: ReadonlyArray<Effect.Effect<{ readonly status: number }, E, R>>) =>
    Effect.map(Effect.all(requests), (answers) => answers.map(({ status }) => status))

  it.effect("by a predicate: large pages time out, in searches and listings", () =>
    Effect.gen(function* () {
      const requests = [page(150), page(50), page(51), raw("GET", "/contacts?per_page=60"), raw("GET", "/contacts")]
      assert.deepStrictEqual(yield* statuses(...requests), [504, 200, 504, 504, 200])
      assert.deepStrictEqual((yield* (yield* Simulator).stats).faults, { error504: 3 })
    }).pipe(Effect.provide(inProcess({ faults: Faults.when(({ perPage = 0 }) => perPage > 50, "error504") })))
  )

  it.effect("by the name of an operation, in the order of a script that others do not use up", () =>
    Effect.gen(function* () {
      const scroll = raw("GET", "/companies/scroll")
      const requests = [raw("GET", "/companies"), page(5), scroll, page(5), page(5), page(5), raw("GET", "/nothing")]
      assert.deepStrictEqual(yield* statuses(...requests), [200, 200, 502, 503, 502, 200, 404])
    }).pipe(
      Effect.provide(
        inProcess({
          faults: Faults.all(
            Faults.when("Companies.scroll", "html502"),
            Faults.when("Contacts.search", Faults.script("ok", "error503", "html502"))
          )
        })
      )
    )
  )

  it.effect("that are refusals, with their codes; a refused write does nothing", () =>
    Effect.gen(function* () {
      const plan = yield* raw("GET", "/conversations")
      assert.deepStrictEqual([plan.status, errorsOf(plan)[0]?.code], [403, "api_plan_restricted"])
      const { count } = yield* (yield* Simulator).snapshot("contacts")
      const revoked = yield* raw("POST", "/contacts", { body: '{"role":"user"}' })
      assert.deepStrictEqual([revoked.status, errorsOf(revoked)[0]?.code], [401, "token_revoked"])
      assert.strictEqual((yield* (yield* Simulator).snapshot("contacts")).count, count)
    }).pipe(
      Effect.provide(
        inProcess({
          faults: Faults.all(
            Faults.when("Conversations.list", "error403"),
            Faults.when(({ method, path }) => method === "POST" && path === "/contacts", {
              ...Faults.rate(1, ["error401"]),
              onWrite: "applied"
            })
          )
        })
      )
    )
  )

  it.effect("come before those of all, and see query and body", () =>
    Effect.gen(function* () {
      const body = '{"email":"slow@example.com"}'
      const requests = [raw("GET", "/contacts?per_page=3"), raw("POST", "/contacts", { body }), raw("GET", "/me")]
      assert.deepStrictEqual(yield* statuses(...requests), [500, 502, 503])
    }).pipe(
      Effect.provide(
        inProcess({
          faults: {
            ...Faults.all(
              Faults.when(({ query }) => query["per_page"] === "3", "error500"),
              Faults.when(({ body }) => JSON.stringify(body ?? null).includes("slow@"), "error502")
            ),
            script: ["error503"]
          }
        })
      )
    )
  )
})
