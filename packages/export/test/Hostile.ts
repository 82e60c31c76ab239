/** Records that no API should send, each of which has to come back from every sink as it came, or be set apart by name. */
import * as Json from "@effect-intercom/core/Json"
import * as Resource from "@effect-intercom/export/Resource"
import { Sink } from "@effect-intercom/export/Sink"
import type { Subject } from "@effect-intercom/export/SinkLaws"
import type { Received } from "@effect-intercom/export/Table"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"

const { contacts, conversations } = Resource.all

const attributes = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`attribute ${index}`, index / 7])))

const parts = (entry: string) => `{"conversation_parts":{"conversation_parts":[${entry}],"total_count":1}}`

/** What is odd about a record: its fields, beside an id, as JSON. */
const ofContacts: Readonly<Record<string, string>> = {
  "a NUL in a string": String.raw`{"name":"a\u0000b","location":{"city":"\u0000"},"custom_attributes":{"a":"\u0000"}}`,
  "a NUL in a key": String.raw`{"a\u0000":1,"custom_attributes":{"\u0000":1,"b\u0000":2},"location":{"\u0000":3}}`,
  "halves of surrogate pairs": String.raw`{"name":"a\ud800","email":"\udc00b","custom_attributes":{"a":["\ud800"]},"x":"\udfff"}`,
  "halves of surrogate pairs in keys": String.raw`{"\ud800":1,"custom_attributes":{"\udc00":"a","\ud800":"b"}}`,
  "what looks like an escape": String.raw`{"name":"\\u0000 \\ud800","custom_attributes":{"a":"\\u0000","b":"\\\\ud800","\\ud800":1}}`,
  "what looks like stored JSON": String.raw`{"name":"{\"a\":1}","custom_attributes":"{\"a\":1}","x":"\"{}\"","external_id":"null"}`,
  "numbers of 20 digits": `{"created_at":12345678901234567890,"owner_id":12345678901234567890,"custom_attributes":{"a":12345678901234567890},"a":[12345678901234567890]}`,
  "numbers beyond all": `{"created_at":1e400,"owner_id":-1e400,"custom_attributes":{"a":1e400,"b":[-1e-400,-0,-0.0]},"a":1E-999,"has_hard_bounced":1e400}`,
  "thousands of digits": `{"custom_attributes":{"a":${"7".repeat(20_000)}},"a":0.${"3".repeat(20_000)}}`,
  "keys that differ in case": `{"Name":"A","name":"b","NAME":3,"location":{"City":"A","city":"b"},"custom_attributes":{"plan":1,"Plan":"2","PLAN":[3]},"ID":"other"}`,
  "an empty key": `{"":"a","location":{"":{"":[]}},"custom_attributes":{"":{"":""}}}`,
  "names that objects have": `{"__proto__":{"a":1},"constructor":2,"custom_attributes":{"__proto__":null,"constructor":{"prototype":1},"toString":12345678901234567890},"location":{"__proto__":1,"hasOwnProperty":2}}`,
  "names that tables have": `{"_rest":{"_rest":1},"_REST":2,"_position":3,"rowid":4,"ctid":5,"location__city":"a","key":6,"finished":1}`,
  "hundreds of attributes": `{"custom_attributes":${attributes(400)},"x":${attributes(100)}}`,
  "a long string": `{"name":"${"é".repeat(500_000)}","custom_attributes":{"a":"${"\\u0001".repeat(10_000)}"}}`,
  "a long key": `{"${"k".repeat(20_000)}":1,"custom_attributes":{"${"k".repeat(20_000)}":2}}`,
  "the year 10000 and later": `{"created_at":253402300800,"updated_at":9007199254740991,"signed_up_at":8640000000001}`,
  "years before all": `{"created_at":-62135596801,"updated_at":-9007199254740991,"signed_up_at":-1}`,
  milliseconds: `{"created_at":1764540000000,"updated_at":1764540000.5,"signed_up_at":"2026-11-30T22:00:00Z"}`,
  "emoji and marks in names": `{"😀":1,"custom_attributes":{"👨‍👩‍👧 plan":"😀","é":1,"é":2,"\u202e":3,"\ufeff":4},"location":{"🏙":"a"}}`,
  "a list for an object": `{"location":["a",{"b":[]}],"custom_attributes":[1,null],"avatar":[]}`,
  "an object for a list": `{"tags":{"data":{"0":"a"}},"companies":"none","social_profiles":{"data":true}}`,
  "a boolean for a number": `{"created_at":true,"updated_at":false,"location":true,"name":false}`,
  "other kinds for strings": `{"name":7,"email":["a"],"phone":{"a":1},"external_id":-0,"role":1.50}`,
  "strings for other kinds": `{"has_hard_bounced":"true","marked_email_as_spam":1,"created_at":"1700000000","unsubscribed_from_emails":""}`,
  "empty values": `{"name":"","location":{},"custom_attributes":{},"tags":{"data":[]},"email":"","x":{},"y":[]}`,
  "line ends, quotes and formulas": String.raw`{"name":"=a\r\n\"b\",'c;\t\u2028\u2029\u0085\u000b\u000c\u001a\u007f","email":"'=1","phone":"+1 (2","external_id":"\ufeff","custom_attributes":{"a":"\r","=1":"\n"}}`
}

const ofConversations: Readonly<Record<string, string>> = {
  "the size of an attachment as a string": parts(
    `{"id":"1","body":null,"attachments":[{"type":"upload","filesize":"12 kB","width":1e400}]}`
  ),
  "moments that are none": parts(
    `{"id":1,"created_at":1e18,"updated_at":"soon","author":{"id":true}},7,"text",null,[1],{"created_at":-1e15}`
  ),
  "half a pair and NUL in a part": parts(String.raw`{"id":"\ud800","body":"\u0000","created_at":"\ud800"}`),
  "other kinds all over": `{"source":[],"statistics":true,"open":"yes","tags":{"tags":"none"},"teammates":7,"priority":{"a":1},"waiting_since":12345678901234567890,"statistics ":{"a":-0}}`
}

/** Ids that not every sink can know a record by. */
const ids: Readonly<Record<string, string>> = {
  "a NUL in the id": String.raw`{"id":"a\u0000b","name":"x"}`,
  "half a pair for an id": String.raw`{"id":"\ud800","name":"x"}`,
  "an id of 20 digits": `{"id":12345678901234567891,"name":"x"}`,
  "an id beyond all": `{"id":1e400}`,
  "an id in another case": `{"id":"iD-0"}`,
  "an id with spaces": `{"id":" id-0 "}`,
  "an id with a mark of its own": `{"id":"e\u0301"}`,
  "an id with a mark": `{"id":"\u00e9"}`,
  // What no database compresses.
  "an id as long as a page": `{"id":"${Array.from({ length: 4_000 }, (_, index) => ((index * index * 7919) % 65_521).toString(36)).join("")}"}`
}

const recordsOf = (rows: Readonly<Record<string, string>>) =>
  Object.entries(rows).map(([name, fields], index) => {
    const record = Json.parse(`{"id":"id-${index}",${fields.slice(1)}`) as Received
    return { name, record, text: Json.stringify(record, { sorted: true }) }
  })

const tables = [
  { table: contacts.table, rows: recordsOf({ ...ofContacts, ...ids }) },
  { table: conversations.table, rows: recordsOf(ofConversations) }
]

/** Rows of a database are known by ids it can have, and index. */
export const byId: ReadonlyArray<string> = ["a NUL in the id", "half a pair for an id", "an id as long as a page"]

/** Writes them all; those of these names are set apart, and the others are what they were. */
export const comeBack = <E, R>({ layer, quarantine, records }: Subject<E, R>, apart: ReadonlyArray<string> = []) =>
  Effect.gen(function* () {
    const altered: Array<string> = []
    const kept: Array<string> = []
    for (const { rows, table } of tables) {
      const { place, setAside } = yield* Effect.scoped(
        Effect.gen(function* () {
          const connection = yield* Sink.use(({ connect }) => connect)
          const output = yield* connection.open(table, "replace")
          const { setAside } = yield* output.commit(
            { records: rows.map(({ record }) => record), quarantined: [] },
            () => "{}"
          )
          const receipt = yield* output.finish(table.name)
          yield* output.forget
          assert.strictEqual(receipt.records + receipt.quarantined, rows.length)
          return { ...receipt, setAside }
        })
      ).pipe(Effect.provide(layer))
      const lines = yield* quarantine(table)
      assert.strictEqual(lines.length, setAside.length)
      const left = new Set(lines.map(({ record }) => Json.stringify(record, { sorted: true })))
      kept.push(...rows.filter(({ text }) => left.has(text)).map(({ name }) => name))
      const found = new Set(
        [...(yield* records(table, place)), ...lines.map(({ record }) => record)].map((record) =>
          Json.stringify(record, { sorted: true })
        )
      )
      altered.push(...rows.filter(({ text }) => !found.has(text)).map(({ name }) => name))
      altered.push(
        ...[...found].filter((one) => !rows.some(({ text }) => text === one)).map((one) => one.slice(0, 300))
      )
    }
    assert.deepStrictEqual(altered, [])
    assert.deepStrictEqual(kept.toSorted(), apart.toSorted())
  })
