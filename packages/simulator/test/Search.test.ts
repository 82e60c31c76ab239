/** Searches over contacts and conversations, as they come over the wire. */
import { assert, describe, it } from "@effect/vitest"
import { type Contact, type Conversation, Intercom, Search } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import type * as SimulatorOptions from "@effect-intercom/simulator/Simulator"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { errorsOf, inProcess, overSocket, raw } from "./Client.ts"

interface Record {
  readonly id: string
  readonly created_at: number
  readonly updated_at: number
  readonly [field: string]: unknown
}

interface Page {
  readonly records: ReadonlyArray<Record>
  readonly total_count: number
  readonly pages: {
    readonly page: number
    readonly per_page: number
    readonly total_pages: number
    readonly next?: { readonly page: number; readonly starting_after: string }
  }
}

type Resource = "contacts" | "conversations"

const ask = (resource: Resource, body: object) => raw("POST", `/${resource}/search`, { body: JSON.stringify(body) })

const search = (resource: Resource, body: object) =>
  Effect.map(ask(resource, body), ({ body: answer, status }) => {
    assert.strictEqual(status, 200)
    const { data, conversations, ...rest } = answer as Page & { data: Page["records"]; conversations: Page["records"] }
    return { ...rest, records: resource === "contacts" ? data : conversations }
  })

/** Every page, in sizes that take turns. */
const walk = Effect.fnUntraced(function* (resource: Resource, body: object, sizes: ReadonlyArray<number>) {
  const records: Array<Record> = []
  const totals = new Set<number>()
  let cursor: string | undefined
  for (let page = 1; page < 1000; page++) {
    const pagination = { per_page: sizes[page % sizes.length], ...(cursor && { starting_after: cursor }) }
    const answer = yield* search(resource, { ...body, pagination })
    assert.strictEqual(answer.pages.page, page)
    records.push(...answer.records)
    totals.add(answer.total_count)
    cursor = answer.pages.next?.starting_after
    if (cursor === undefined) return { ids: records.map(({ id }) => id), records, totals: [...totals] }
  }
  return assert.fail("it never ends")
})

const all = (resource: Resource) =>
  Effect.flatMap(Simulator, ({ records }) =>
    Effect.map(Stream.runCollect(records(resource)), (texts) => texts.map((text) => JSON.parse(text) as Record))
  )

const filter = (field: string, operator: string, value: unknown) => ({ field, operator, value })
const and = (...value: ReadonlyArray<object>) => ({ operator: "AND", value })
const or = (...value: ReadonlyArray<object>) => ({ operator: "OR", value })

const day = 86_400
const start = 1_600_000_000

/** By value, then id, as the search has it: ids of one length are in the order of their texts. */
const sortedBy = (field: "created_at" | "updated_at", records: ReadonlyArray<Record>) =>
  records.toSorted((a, b) => a[field] - b[field] || a.id.length - b.id.length || (a.id < b.id ? -1 : 1))

const simulate = (options: SimulatorOptions.Options) => Effect.provide(inProcess(options))

describe("a search", () => {
  // A workspace in which records were added, changed and removed after it was made.
  const changedWorkspace = Effect.gen(function* () {
    const simulator = yield* Simulator
    const contacts = yield* all("contacts")
    yield* TestClock.setTime(1_650_000_000_000)
    for (const [index, { id }] of contacts.entries()) {
      if (index % 7 === 0) yield* simulator.update("contacts", id, { updated_at: start + ((index * 37) % 50) * day })
      if (index % 11 === 3) yield* simulator.remove("contacts", id)
    }
    yield* simulator.insert("contacts", {
      id: "added",
      type: "contact",
      role: "user",
      created_at: start + 70,
      updated_at: start + 20 * day
    })
  })

  const windows = [
    ["created_at", start + 60 * 20, start + 60 * 200],
    ["created_at", 0, 2_000_000_000],
    ["updated_at", start + 20 * day, start + 200 * day],
    ["updated_at", start + 900 * day, start + 950 * day]
  ] as const

  for (const [field, from, to] of windows) {
    for (const order of ["ascending", "descending"] as const) {
      it.effect(`of ${field} from ${from} to ${to}, ${order}, finds what is there, once and in order`, () =>
        Effect.gen(function* () {
          yield* changedWorkspace
          const query = and(filter(field, ">", from), filter(field, "<", to))
          const { ids, totals } = yield* walk("contacts", { query, sort: { field, order } }, [7, 50, 13])
          const records = (yield* all("contacts")).filter((record) => record[field] > from && record[field] < to)
          const expected = sortedBy(field, records).map(({ id }) => id)
          assert.deepStrictEqual(ids, order === "ascending" ? expected : expected.toReversed())
          assert.deepStrictEqual(totals, [expected.length])
        }).pipe(simulate({ contacts: 300, searchGranularity: { contacts: "second" } }))
      )
    }
  }

  it.effect("by other fields finds them too, in any order", () =>
    Effect.gen(function* () {
      yield* changedWorkspace
      const users = and(filter("role", "=", "user"), filter("updated_at", ">", start + 50 * day))
      const expected = (yield* all("contacts")).filter(
        ({ role, updated_at }) => role === "user" && updated_at > start + 50 * day
      )
      assert.isAbove(expected.length, 50)
      for (const field of ["created_at", "updated_at"] as const) {
        const { ids, totals } = yield* walk("contacts", { query: users, sort: { field, order: "ascending" } }, [20, 9])
        assert.deepStrictEqual(
          ids,
          sortedBy(field, expected).map(({ id }) => id)
        )
        assert.deepStrictEqual(totals, [expected.length])
      }
      const byName = yield* walk("contacts", { query: users, sort: { field: "name", order: "ascending" } }, [20, 9])
      const names = byName.records.map(({ name }) => (typeof name === "string" ? name : ""))
      assert.deepStrictEqual(names, names.toSorted())
      assert.strictEqual(new Set(byName.ids).size, expected.length)
    }).pipe(simulate({ contacts: 300, searchGranularity: { contacts: "second" } }))
  )

  it.effect("of conversations sorts ids as numbers", () =>
    Effect.gen(function* () {
      const { insert } = yield* Simulator
      yield* insert("conversations", { id: "9", type: "conversation", created_at: start, updated_at: start })
      yield* insert("conversations", { id: "10", type: "conversation", created_at: start, updated_at: start })
      const query = filter("created_at", ">", 0)
      const { ids } = yield* walk("conversations", { query, sort: { field: "id", order: "ascending" } }, [1, 4])
      assert.deepStrictEqual(ids.slice(0, 2), ["9", "10"])
      assert.strictEqual(ids.length, 52)
    }).pipe(simulate({}))
  )

  const contactQueries: ReadonlyArray<readonly [object, (record: Contact) => boolean]> = [
    [filter("email", "$", "@EXAMPLE.com"), ({ email }) => email?.endsWith("@example.com") ?? false],
    [filter("email", "=", null), ({ email }) => email === null],
    [filter("email", "!=", null), ({ email }) => email !== null],
    [filter("name", "~", "ada"), ({ name }) => name?.toLowerCase().includes("ada") ?? false],
    [filter("name", "!~", "ada"), ({ name }) => name?.toLowerCase().includes("ada") !== true],
    [filter("external_id", "^", "user-0000001"), ({ external_id }) => external_id?.startsWith("user-0000001") ?? false],
    [filter("os", "IN", ["Linux", "Windows 10"]), ({ os }) => os === "Linux" || os === "Windows 10"],
    [filter("os", "NIN", ["Linux"]), ({ os }) => os !== "Linux"],
    [filter("has_hard_bounced", "=", "true"), ({ has_hard_bounced }) => has_hard_bounced === true],
    [
      filter("custom_attributes.seats", ">=", 40),
      ({ custom_attributes }) => Number(custom_attributes?.["seats"]) >= 40
    ],
    [filter("custom_attribute.seats", "<", 3), ({ custom_attributes }) => Number(custom_attributes?.["seats"]) < 3],
    [filter("location.country", "=", "Japan"), ({ location }) => location?.country === "Japan"],
    [filter("tag_id", "=", "7000003"), ({ tags }) => tags?.data?.some(({ id }) => id === "7000003") ?? false],
    [
      and(or(filter("role", "=", "lead"), filter("os", "=", "Linux")), filter("browser", "=", "edge")),
      ({ browser, os, role }) => (role === "lead" || os === "Linux") && browser === "edge"
    ]
  ]
  const conversationQueries: ReadonlyArray<readonly [object, (record: Conversation) => boolean]> = [
    [filter("state", "!=", "open"), ({ state }) => state !== "open"],
    [filter("open", "=", true), ({ open }) => open === true],
    [filter("priority", "=", "priority"), ({ priority }) => priority === "priority"],
    [filter("source.body", "~", "ACCOUNT help"), ({ source }) => /help .*account/.test(source?.body ?? "")],
    [filter("source.body", "~", "accoun"), () => false],
    [filter("team_assignee_id", "=", "5017691"), ({ team_assignee_id }) => team_assignee_id !== null],
    [
      filter("statistics.count_conversation_parts", ">", 2),
      ({ statistics }) => Number(statistics?.count_conversation_parts) > 2
    ],
    [filter("statistics.last_close_at", "!=", null), ({ statistics }) => statistics?.last_close_at !== null],
    [filter("waiting_since", "<=", "1600100000"), ({ waiting_since: at }) => at !== null && Number(at) <= 1_600_100_000]
  ]
  const queries = [
    ...contactQueries.map(([query, holds]) => ["contacts", query, holds] as const),
    ...conversationQueries.map(([query, holds]) => ["conversations", query, holds] as const)
  ]
  for (const [resource, query, holds] of queries) {
    it.effect(`of ${resource} for ${JSON.stringify(query)} finds what has it`, () =>
      Effect.gen(function* () {
        // The records are of the kind the predicate takes, as they come from the same resource.
        const expected = (yield* all(resource)).filter(holds as (record: unknown) => boolean).map(({ id }) => id)
        const { ids } = yield* walk(resource, { query, sort: { field: "created_at", order: "ascending" } }, [40])
        assert.deepStrictEqual(ids, expected)
      }).pipe(simulate({ contacts: 400, conversations: 400, seed: 5 }))
    )
  }

  it.effect("finds conversations by their contacts, tags and teammates", () =>
    Effect.gen(function* () {
      const [conversation] = yield* all("conversations")
      const { update } = yield* Simulator
      yield* update("conversations", conversation?.id ?? "", { tags: { type: "tag.list", tags: [{ id: "7000001" }] } })
      const { contacts, teammates } = conversation as unknown as Conversation
      const contact = contacts?.contacts?.[0]?.id ?? assert.fail()
      const admin = teammates?.admins?.[0]?.id ?? assert.fail()
      for (const [field, value] of Object.entries({ contact_ids: contact, teammate_ids: admin, tag_ids: "7000001" })) {
        const { ids } = yield* walk("conversations", { query: filter(field, "=", value) }, [150])
        assert.include(ids, conversation?.id, field)
      }
      const without = yield* walk("conversations", { query: filter("tag_ids", "!=", "7000001") }, [150])
      assert.strictEqual(without.ids.length, 49)
    }).pipe(simulate({}))
  )

  it.effect("without a size answers with 50 contacts or 20 conversations, newest first", () =>
    Effect.gen(function* () {
      const query = filter("created_at", ">", 0)
      const contacts = yield* search("contacts", { query })
      const conversations = yield* search("conversations", { query, pagination: { starting_after: null } })
      assert.deepStrictEqual([contacts.records.length, conversations.records.length], [50, 20])
      assert.deepStrictEqual([contacts.total_count, contacts.pages.total_pages], [100, 2])
      assert.strictEqual(contacts.records[0]?.id, (yield* all("contacts")).at(-1)?.id)
      const pages = yield* search("contacts", { query, pagination: { per_page: 150 } })
      assert.notProperty(pages.pages, "next")
    }).pipe(simulate({}))
  )

  it.effect("goes on after a cursor whose record has moved or is gone", () =>
    Effect.gen(function* () {
      const { remove, update } = yield* Simulator
      yield* TestClock.setTime(1_700_000_000_000)
      const query = filter("updated_at", ">", 0)
      const sort = { field: "updated_at", order: "ascending" }
      const first = yield* search("contacts", { query, sort, pagination: { per_page: 10 } })
      const rest = yield* search("contacts", { query, sort, pagination: { per_page: 150 } })
      const cursor = first.pages.next?.starting_after ?? assert.fail()
      yield* update("contacts", first.records[9]?.id ?? "", { name: "Moved" })
      yield* remove("contacts", first.records[8]?.id ?? "")
      const next = yield* search("contacts", { query, sort, pagination: { per_page: 150, starting_after: cursor } })
      assert.deepStrictEqual(
        next.records.map(({ id }) => id),
        [...rest.records.slice(10), first.records[9] ?? assert.fail()].map(({ id }) => id)
      )
      assert.strictEqual(next.records.at(-1)?.["updated_at"], 1_700_000_000)
      assert.strictEqual(next.total_count, 99)
    }).pipe(simulate({}))
  )

  it.effect("has cursors like the live API's", () =>
    Effect.gen(function* () {
      const body = (field: string) => ({
        query: filter("created_at", ">", 0),
        sort: { field, order: "ascending" },
        pagination: { per_page: 2 }
      })
      const decode = ({ pages, records }: Page) => [
        JSON.parse(Buffer.from(pages.next?.starting_after ?? "", "base64").toString()),
        records[1]
      ]
      const [contact, { created_at, id }] = decode(yield* search("contacts", body("created_at")))
      assert.deepStrictEqual(contact, [created_at * 1000, id, 2])
      const [conversation, last] = decode(yield* search("conversations", body("updated_at")))
      assert.deepStrictEqual(conversation, [last.updated_at * 1000, Number(last.id), 2])
    }).pipe(simulate({}))
  )

  it.live("is what the client's search walks", () =>
    Effect.gen(function* () {
      const { contacts, conversations } = yield* Intercom
      const found = yield* Stream.runCollect(
        contacts.search.items({
          query: Search.and(Search.contact("created_at", ">", 1), Search.contact("role", "IN", ["user", "lead"])),
          sort: { field: "updated_at", order: "ascending" },
          pagination: { per_page: 60 }
        })
      )
      assert.strictEqual(new Set(found.map(({ id }) => id)).size, 400)
      const open = yield* Stream.runCount(
        conversations.search.items({ query: Search.conversation("state", "=", "open") })
      )
      assert.isAbove(open, 50)
    }).pipe(Effect.provide(overSocket({ contacts: 400, conversations: 300 })))
  )
})

describe("times", () => {
  // 23 hours on the 10th of March 2024, when clocks changed.
  const zone = "America/Los_Angeles"
  const midnight = Date.parse("2024-03-10T08:00:00Z") / 1000
  const next = Date.parse("2024-03-11T07:00:00Z") / 1000
  const times = [midnight - 1, midnight, midnight + 40_000, next - 1, next]
  const overrides = Object.fromEntries(times.map((created_at, index) => [index, { id: `c${index}`, created_at }]))
  const found = (resource: Resource, operator: string, value: unknown) =>
    Effect.map(
      search(resource, {
        query: filter("created_at", operator, value),
        sort: { field: "created_at", order: "ascending" }
      }),
      ({ records }) => records.map(({ id }) => id)
    )
  const workspace = (options: SimulatorOptions.Options) =>
    simulate({
      contacts: 5,
      conversations: 5,
      timezone: zone,
      overrides: { contacts: overrides, conversations: overrides },
      ...options
    })

  it.effect("of contacts are days in the workspace's time zone", () =>
    Effect.gen(function* () {
      for (const value of [midnight, midnight + 1, next - 1, String(midnight + 50_000)]) {
        assert.deepStrictEqual(yield* found("contacts", "=", value), ["c1", "c2", "c3"])
        assert.deepStrictEqual(yield* found("contacts", ">", value), ["c4"])
        assert.deepStrictEqual(yield* found("contacts", "<", value), ["c0"])
      }
      const { admins } = yield* Intercom
      assert.strictEqual((yield* admins.me()).app?.timezone, zone)
    }).pipe(workspace({}))
  )

  it.effect("of conversations are seconds", () =>
    Effect.gen(function* () {
      const second = midnight + 40_000
      assert.deepStrictEqual(yield* found("conversations", "=", second), ["c2"])
      assert.deepStrictEqual(yield* found("conversations", "!=", second), ["c0", "c1", "c3", "c4"])
      assert.deepStrictEqual(yield* found("conversations", ">", second), ["c3", "c4"])
      assert.deepStrictEqual(yield* found("conversations", ">=", second), ["c2", "c3", "c4"])
      assert.deepStrictEqual(yield* found("conversations", "<", second), ["c0", "c1"])
      assert.deepStrictEqual(yield* found("conversations", "<=", second), ["c0", "c1", "c2"])
      assert.deepStrictEqual(yield* found("conversations", "IN", [midnight, next]), ["c1", "c4"])
      assert.deepStrictEqual(yield* found("conversations", "NIN", [midnight, next]), ["c0", "c2", "c3"])
    }).pipe(workspace({}))
  )

  it.effect("of conversations are days when asked for, and those of contacts seconds", () =>
    Effect.gen(function* () {
      const noon = midnight + 43_200
      assert.deepStrictEqual(yield* found("conversations", "=", noon), ["c1", "c2", "c3"])
      assert.deepStrictEqual(yield* found("conversations", ">=", noon), ["c1", "c2", "c3", "c4"])
      assert.deepStrictEqual(yield* found("conversations", "<=", noon), ["c0", "c1", "c2", "c3"])
      assert.deepStrictEqual(yield* found("conversations", "NIN", [noon]), ["c0", "c4"])
      assert.deepStrictEqual(yield* found("contacts", ">", midnight), ["c2", "c3", "c4"])
    }).pipe(workspace({ searchGranularity: { contacts: "second", conversations: "day" } }))
  )

  it.effect("are of UTC when nothing else is said", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* found("contacts", "=", midnight), ["c0", "c1", "c2"])
      assert.strictEqual((yield* (yield* Intercom).admins.me()).app?.timezone, "UTC")
    }).pipe(workspace({ timezone: undefined }))
  )

  it.effect("of a zone there is not are a defect that names it", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.provide(Effect.void, inProcess({ timezone: "Mars/Base" })))
      assert.match(String(exit), /Mars\/Base/)
    })
  )
})

describe("a search is refused", () => {
  const one = filter("role", "=", "user")
  const bad: ReadonlyArray<readonly [string, object, string, string]> = [
    ["without a query", {}, "parameter_not_found", "query"],
    ["with a text as query", { query: "x" }, "parameter_invalid", "query"],
    ["by an unknown field", { query: filter("shoe_size", "=", 1) }, "parameter_invalid", "query.field"],
    ["by what all objects have", { query: filter("constructor", "=", 1) }, "parameter_invalid", "query.field"],
    ["with an unknown operator", { query: filter("role", "==", "user") }, "parameter_invalid", "query.operator"],
    ["with a word for a time", { query: filter("created_at", ">", "foobar") }, "parameter_invalid", "query.value"],
    ["with null for an order", { query: filter("created_at", ">", null) }, "parameter_invalid", "query.value"],
    ["with a list for one value", { query: filter("role", "=", ["user"]) }, "parameter_invalid", "query.value"],
    ["with one value for a list", { query: filter("role", "IN", "user") }, "parameter_invalid", "query.value"],
    ["with an empty group", { query: and() }, "parameter_invalid", "query.value"],
    ["with 16 filters in a group", { query: or(...Array(16).fill(one)) }, "parameter_invalid", "query.value"],
    ["with groups three deep", { query: and(or(and(one))) }, "parameter_invalid", "query.value.0.value.0"],
    [
      "with a group that is neither",
      { query: { operator: "XOR", value: [one] } },
      "parameter_invalid",
      "query.operator"
    ],
    ["in the order desc", { query: one, sort: { field: "name", order: "desc" } }, "invalid_sort_order", "sort.order"],
    ["in the order of nothing", { query: one, sort: { field: "shoe_size" } }, "parameter_invalid", "sort.field"],
    ["in a size of 151", { query: one, pagination: { per_page: 151 } }, "parameter_invalid", "per_page"],
    ["in a size of 0", { query: one, pagination: { per_page: 0 } }, "parameter_invalid", "per_page"]
  ]
  for (const [how, body, code, field] of bad) {
    it.effect(how, () =>
      Effect.gen(function* () {
        const answer = yield* ask("contacts", body)
        assert.strictEqual(answer.status, 400)
        assert.deepInclude(errorsOf(answer)[0], { code, field })
      }).pipe(simulate({}))
    )
  }

  for (const operator of ["!=", ">=", "<=", "IN", "NIN"]) {
    it.effect(`with a contact's time and ${operator}, but not with a conversation's`, () =>
      Effect.gen(function* () {
        const value = operator.endsWith("IN") ? [start] : start
        const body = { query: filter("updated_at", operator, value) }
        assert.strictEqual((yield* ask("contacts", body)).status, 400)
        assert.strictEqual((yield* ask("conversations", body)).status, 200)
      }).pipe(simulate({}))
    )
  }

  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64")
  for (const cursor of ["", "?", encoded([1, "a"]), encoded(["x", "a", 2]), encoded([1, null, 2]), encoded({}), 7]) {
    it.effect(`with the cursor ${JSON.stringify(cursor)}`, () =>
      Effect.gen(function* () {
        const answer = yield* ask("contacts", { query: one, pagination: { starting_after: cursor } })
        assert.strictEqual(answer.status, 400)
        assert.strictEqual(errorsOf(answer)[0]?.code, "client_error")
        assert.match(errorsOf(answer)[0]?.message ?? "", /^Invalid starting_after param/)
      }).pipe(simulate({}))
    )
  }

  it.effect("but not with 15 filters in each of two groups", () =>
    Effect.gen(function* () {
      const group = or(...Array(15).fill(one))
      assert.strictEqual((yield* ask("contacts", { query: and(...Array(15).fill(group)) })).status, 200)
    }).pipe(simulate({}))
  )
})

describe("a search that lags", () => {
  it.effect("knows of changes only later, and lists know at once", () =>
    Effect.gen(function* () {
      const { remove } = yield* Simulator
      yield* TestClock.setTime(1_700_000_000_000)
      const query = filter("created_at", ">", 0)
      const [first] = yield* all("contacts")
      const { id } = (yield* raw("POST", "/contacts", { body: '{"email":"new@example.com"}' })).body as Record
      yield* remove("contacts", first?.id ?? "")
      const now = Effect.map(walk("contacts", { query }, [150]), ({ ids }) => [
        ids.includes(id),
        ids.includes(first?.id ?? "")
      ])
      assert.deepStrictEqual(yield* now, [false, true])
      assert.strictEqual((yield* raw("GET", `/contacts/${id}`)).status, 200)
      yield* TestClock.adjust("119 seconds")
      assert.deepStrictEqual(yield* now, [false, true])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* now, [true, false])
    }).pipe(simulate({ searchLag: "2 minutes" }))
  )
})

describe("a search over a million contacts", () => {
  // A search that looked at all of them would take a thousand times as long.
  it.live("costs about what a page of the listing costs, also where records have changed", () =>
    Effect.gen(function* () {
      const { update } = yield* Simulator
      const body = (field: string, page: object = {}) => ({
        query: and(filter(field, ">", start + 30 * day), filter(field, "<", start + 500 * day)),
        sort: { field, order: "ascending" },
        pagination: { per_page: 150, ...page }
      })
      const median = <E, R>(effect: Effect.Effect<unknown, E, R>) =>
        Effect.all(Array.from({ length: 9 }, () => Effect.timed(effect))).pipe(
          Effect.map((runs) => runs.map(([duration]) => Duration.toMillis(duration)).toSorted((a, b) => a - b)),
          Effect.map((times) => times[4] ?? assert.fail())
        )
      const listing = yield* median(raw("GET", "/contacts?per_page=150"))
      for (const field of ["created_at", "updated_at"]) {
        // The order of the updates is made once.
        const first = yield* search("contacts", body(field))
        assert.isAbove(first.total_count, 400_000)
        yield* update("contacts", first.records[0]?.id ?? "", { name: "Changed" })
        const next = body(field, { starting_after: first.pages.next?.starting_after })
        assert.isBelow(yield* median(search("contacts", next)), 10 * listing + 10, field)
      }
    }).pipe(simulate({ contacts: 1_000_000, searchGranularity: { contacts: "second" } }))
  )

  it.effect("has the right total and the right last page", () =>
    Effect.gen(function* () {
      const query = filter("created_at", ">", start + 500_000 * 60 - 1)
      const sort = { field: "created_at", order: "descending" }
      const page = yield* search("contacts", { query, sort, pagination: { per_page: 150 } })
      assert.strictEqual(page.total_count, 500_000)
      // An id ends in the contact's number.
      const numbers = page.records.map(({ id }) => Number.parseInt(id.slice(16), 16))
      assert.deepStrictEqual(
        numbers,
        Array.from({ length: 150 }, (_, back) => 999_999 - back)
      )
      const updated = filter("updated_at", ">", start + 400 * day)
      const newest = yield* search("contacts", { query: updated, sort: { field: "updated_at", order: "descending" } })
      const times = newest.records.map(({ updated_at }) => updated_at)
      assert.deepStrictEqual(
        times,
        times.toSorted((a, b) => b - a)
      )
      assert.isAbove(newest.total_count, 700_000)
    }).pipe(simulate({ contacts: 1_000_000, searchGranularity: { contacts: "second" } }))
  )
})
