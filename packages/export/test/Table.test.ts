import * as Json from "@effect-intercom/core/Json"
import { Admin } from "@effect-intercom/core/resources/Admins"
import { Article } from "@effect-intercom/core/resources/Articles"
import { Company } from "@effect-intercom/core/resources/Companies"
import { Contact } from "@effect-intercom/core/resources/Contacts"
import { Conversation } from "@effect-intercom/core/resources/Conversations"
import { DataEvent } from "@effect-intercom/core/resources/Events"
import { NewsItem } from "@effect-intercom/core/resources/NewsItems"
import { Segment } from "@effect-intercom/core/resources/Segments"
import * as Table from "@effect-intercom/export/Table"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const kinds = (schema: Schema.Top) =>
  Object.fromEntries(Table.fromSchema("t", schema, { key: null }).columns.map(({ kind, name }) => [name, kind]))

const nullish = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const open = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])

interface Node {
  readonly child?: Node | null
}
const Node: Schema.Codec<Node> = Schema.Struct({
  child: nullish(Schema.suspend((): Schema.Codec<Node> => Node))
})

describe("Table.fromSchema", () => {
  it("gives each kind its column, in the order of the schema", () => {
    const schema = open({
      type: Schema.Literal("thing"),
      id: Schema.String.pipe(Schema.brand("Id")),
      owner: nullish(Schema.Union([Schema.String, Schema.Finite])),
      count: nullish(Schema.Int.check(Schema.isGreaterThan(0))),
      age: Schema.Int.pipe(Schema.check(Schema.isInt32())),
      price: Schema.Finite,
      either: Schema.Union([Schema.Int, Schema.Finite]),
      flag: Schema.NullOr(Schema.UndefinedOr(Schema.Boolean)),
      level: Schema.Literals([1, 2]),
      half: Schema.Literals([1, 0.5]),
      truth: Schema.Literal(true),
      color: Schema.Enum({ Red: "red", Blue: "blue" }),
      handle: Schema.TemplateLiteral(["@", Schema.String]),
      list: Schema.Array(Schema.String),
      free: Schema.Record(Schema.String, Schema.Unknown),
      empty: Schema.Struct({}),
      any: Schema.Unknown,
      avatar: Schema.Union([Schema.String, open({ url: Schema.String })]),
      tree: Node,
      date: Schema.DateFromString,
      nothing: Schema.Null
    })
    const found = kinds(schema)
    assert.deepStrictEqual(Object.entries(found), [
      ["type", "text"],
      ["id", "text"],
      ["owner", "text"],
      ["count", "integer"],
      ["age", "integer"],
      ["price", "real"],
      ["either", "real"],
      ["flag", "boolean"],
      ["level", "integer"],
      ["half", "real"],
      ["truth", "boolean"],
      ["color", "text"],
      ["handle", "text"],
      ["list", "json"],
      ["free", "json"],
      ["empty", "json"],
      ["any", "json"],
      ["avatar", "json"],
      // One level is declared; how many follow is not known.
      ["tree__child", "json"],
      // As it is on the wire.
      ["date", "text"],
      ["nothing", "json"]
    ])
  })

  it("takes declared objects apart, to any depth, and knows opaque ones", () => {
    class Inner extends Schema.Opaque<Inner>()(open({ city: nullish(Schema.String) })) {}
    class Outer extends Schema.Opaque<Outer>()(open({ inner: nullish(Inner), n: Schema.Int })) {}
    const table = Table.fromSchema("t", open({ outer: nullish(Outer) }), { key: null })
    assert.deepStrictEqual(table.columns, [
      { name: "outer__inner__city", path: ["outer", "inner", "city"], kind: "text" },
      { name: "outer__n", path: ["outer", "n"], kind: "integer" }
    ])
  })

  it("gives no two columns one name, whatever the case, and none the name of the rest", () => {
    const table = Table.fromSchema(
      "t",
      open({ a: open({ b: Schema.Int }), a__B: Schema.Int, _rest: Schema.Int, _REST: Schema.Int }),
      { key: null }
    )
    assert.deepStrictEqual(
      table.columns.map(({ name }) => name),
      ["a__b"]
    )
    const row = Table.rowOf(table)({ a: { b: 1 }, a__B: 2, _rest: 3 })
    assert.deepStrictEqual(row, { values: [1], rest: `{"a__B":2,"_rest":3}` })
  })

  it("knows the resources", () => {
    const contacts = kinds(Contact)
    assert.strictEqual(contacts["id"], "text")
    assert.strictEqual(contacts["owner_id"], "text")
    assert.strictEqual(contacts["created_at"], "integer")
    assert.strictEqual(contacts["custom_attributes"], "json")
    assert.strictEqual(contacts["avatar"], "json")
    assert.strictEqual(contacts["tags__data"], "json")
    assert.strictEqual(contacts["location__city"], "text")
    const conversations = kinds(Conversation)
    assert.strictEqual(conversations["source__author__id"], "text")
    assert.strictEqual(conversations["statistics__handling_time"], "real")
    assert.strictEqual(conversations["conversation_parts__conversation_parts"], "json")
    assert.strictEqual(kinds(Article)["translated_content__pt-BR__title"], "text")
  })
})

const table = Table.fromSchema(
  "t",
  open({
    id: Schema.String,
    owner: nullish(Schema.Union([Schema.String, Schema.Finite])),
    count: nullish(Schema.Int),
    ratio: nullish(Schema.Finite),
    flag: nullish(Schema.Boolean),
    free: nullish(Schema.Unknown),
    place: nullish(open({ city: nullish(Schema.String), spot: nullish(open({ x: nullish(Schema.Int) })) }))
  }),
  { key: "id" }
)
const rowOf = Table.rowOf(table)
const recordOf = Table.recordOf(table)

describe("Table.rowOf", () => {
  it("fills the columns, and leaves the rest where it was", () => {
    const row = rowOf({
      id: "1",
      owner: "o",
      count: 3,
      ratio: 1.5,
      flag: false,
      free: [null, { a: "\ud800" }],
      place: { city: "Zoë 😀", spot: { x: 0, y: 1 }, zip: "8000" },
      extra: { deep: [1] }
    })
    assert.deepStrictEqual(row, {
      values: ["1", "o", 3, 1.5, false, String.raw`[null,{"a":"\ud800"}]`, "Zoë 😀", 0],
      rest: `{"place":{"spot":{"y":1},"zip":"8000"},"extra":{"deep":[1]}}`
    })
  })

  it("takes null for absent, but not an empty object", () => {
    const nothing = { values: ["1", null, null, null, null, null, null, null], rest: null }
    assert.deepStrictEqual(rowOf({ id: "1" }), nothing)
    assert.deepStrictEqual(rowOf({ id: "1", owner: null, free: null, place: null, extra: null }), nothing)
    assert.strictEqual(rowOf({ id: "1", place: {} }).rest, `{"place":{}}`)
    assert.strictEqual(rowOf({ id: "1", place: { city: null, spot: {} } }).rest, `{"place":{"spot":{}}}`)
    assert.strictEqual(rowOf({ id: "1", place: { city: "a", spot: null } }).rest, null)
    assert.deepStrictEqual(rowOf({}), { values: nothing.values.map(() => null), rest: null })
  })

  it("writes a number into a column of text, and keeps that it was one", () => {
    const row = rowOf({ id: "1", owner: 1e21, place: { city: 7 } })
    assert.deepStrictEqual(row.values, ["1", "1e+21", null, null, null, null, "7", null])
    assert.strictEqual(row.rest, `{"owner":1e+21,"place":{"city":7}}`)
    assert.deepStrictEqual(recordOf(row), { id: "1", owner: 1e21, place: { city: 7 } })
  })

  for (const [name, field, value] of [
    ["a lone surrogate", "id", "a\ud800"],
    ["a NUL", "id", "a\0"],
    ["a text for an integer", "count", "3"],
    ["a fraction for an integer", "count", 1.5],
    ["an integer beyond 2^53", "count", 2 ** 53],
    ["a text for a real", "ratio", "1.5"],
    ["a number for a boolean", "flag", 1],
    ["a list for an object", "place", [1]],
    ["a text for an object", "place", ""],
    ["an object for a text", "owner", { id: 1 }],
    ["a boolean for a text", "owner", true]
  ] as const) {
    it(`sets aside ${name}`, () => {
      const record = { [field]: value }
      const row = rowOf(record)
      assert.isTrue(row.values.every((value) => value === null))
      assert.strictEqual(row.rest, JSON.stringify(record))
      assert.deepStrictEqual(recordOf(row), record)
    })
  }

  for (const digits of ["9007199254740993", "1e400", "-1e-400", "-0", "0.12345678901234567890"]) {
    it(`keeps the number ${digits}, in a column of text and JSON, or else in _rest`, () => {
      const fields = `"owner":${digits},"count":${digits},"ratio":${digits},"flag":${digits}`
      const record = Json.parse(
        `{"id":"1",${fields},"free":${digits},"place":{"city":${digits},"spot":{"x":${digits},"y":[${digits}]}},"new":${digits}}`
      ) as Table.Received
      const row = rowOf(record)
      assert.deepStrictEqual(row.values, ["1", digits, null, null, null, digits, digits, null])
      assert.strictEqual(
        row.rest,
        `{${fields},"place":{"city":${digits},"spot":{"x":${digits},"y":[${digits}]}},"new":${digits}}`
      )
      assert.strictEqual(Json.stringify(recordOf(row), { sorted: true }), Json.stringify(record, { sorted: true }))
    })
  }

  it("is not fooled by names that objects have", () => {
    const text = `{"id":"1","__proto__":{"a":1},"constructor":2,"place":{"__proto__":3,"toString":"x","city":"c"}}`
    const record = JSON.parse(text) as Table.Received
    const row = rowOf(record)
    assert.strictEqual(row.rest, `{"__proto__":{"a":1},"constructor":2,"place":{"__proto__":3,"toString":"x"}}`)
    assert.strictEqual(sorted(recordOf(row)), sorted(record))
  })
})

/** JSON with sorted keys. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value
  )

/** The record without what a row does not tell: nulls in it, and in the objects that are taken apart. */
const withoutNulls = (value: Table.Received, objects: ReadonlySet<string>, path = ""): Table.Received =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => {
        const at = `${path}/${name}`
        return typeof value === "object" && !Array.isArray(value) && objects.has(at)
          ? // It is an object.
            [name, withoutNulls(value as Table.Received, objects, at)]
          : [name, value]
      })
  )

/** Every field of a record and of the objects in it. */
const places = (value: unknown): ReadonlyArray<() => readonly [Record<string, unknown>, string]> =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [
        () => [value as Record<string, unknown>, name] as const,
        ...places(inner)
      ])

// What a record should not have, and unknown fields can.
const odd: ReadonlyArray<unknown> = [
  null,
  "",
  "a\ud800",
  "\0",
  "ünïcödé 😀\u2028",
  0,
  -1.5,
  2 ** 53,
  1e300,
  true,
  [],
  [null, [{}]],
  {},
  { a: null, type: "x", id: 1 }
]
const oddOnes = Arbitrary.array(
  Arbitrary.all({
    at: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999 }))),
    value: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: odd.length - 1 })))
  }),
  { maxLength: 6 }
)

describe("Table.recordOf", () => {
  for (const [name, schema] of Object.entries<Schema.Top>({
    contacts: Contact,
    companies: Company,
    conversations: Conversation,
    articles: Article,
    admins: Admin,
    segments: Segment,
    newsItems: NewsItem,
    events: DataEvent
  })) {
    it.effect.prop(
      `gives back ${name}, whatever is in them`,
      // Generated values have what the wire has: the schemas change nothing.
      { generated: Arbitrary.schema(schema) as Arbitrary.Arbitrary<unknown>, misfits: oddOnes, unknown: oddOnes },
      ({ generated, misfits, unknown }) =>
        Effect.sync(() => {
          const record = JSON.parse(JSON.stringify(generated)) as Record<string, unknown>
          const all = places(record)
          for (const { at, value } of misfits) {
            const [parent, name] = all[at % all.length]?.() ?? [record, "none"]
            parent[name] = structuredClone(odd[value])
          }
          for (const { at, value } of unknown) {
            const [parent] = all[at % all.length]?.() ?? [record]
            parent[`zz${at}`] = structuredClone(odd[value])
          }
          const table = Table.fromSchema(name, schema, { key: null })
          const objects = new Set(
            table.columns.flatMap(({ path }) =>
              path.slice(0, -1).map((_, index) => `/${path.slice(0, index + 1).join("/")}`)
            )
          )
          const row = Table.rowOf(table)(record)
          assert.strictEqual(sorted(Table.recordOf(table)(row)), sorted(withoutNulls(record, objects)))
          for (const [index, { kind, name }] of table.columns.entries()) {
            const value = row.values[index] ?? null
            if (value === null) continue
            const holds = {
              text: () => typeof value === "string" && value.isWellFormed(),
              integer: () => Number.isSafeInteger(value),
              real: () => Number.isFinite(value),
              boolean: () => typeof value === "boolean",
              json: () => typeof value === "string" && value.isWellFormed() && JSON.parse(value) !== undefined
            }
            assert.isTrue(holds[kind](), name)
          }
        }),
      { arbitrary: { runs: name === "articles" ? 50 : 300, seed: 7 } }
    )
  }
})
