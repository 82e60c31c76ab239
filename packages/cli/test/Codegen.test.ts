import * as AttributesModule from "@effect-intercom/cli/AttributesModule"
import { Contacts } from "@effect-intercom/core/resources/Contacts"
import { CustomObjectInstance } from "@effect-intercom/core/resources/CustomObjectInstances"
import { DataAttributeId, DataAttributes } from "@effect-intercom/core/resources/DataAttributes"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { Tickets } from "@effect-intercom/core/resources/Tickets"
import { TicketTypeAttributeId, TicketTypes } from "@effect-intercom/core/resources/TicketTypes"
import * as Faults from "@effect-intercom/simulator/Faults"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { join } from "node:path"
import * as Command from "./Command.ts"
import * as Seeded from "./codegen/Seeded.ts"
import * as Unusual from "./codegen/Unusual.ts"

const folder = join(import.meta.dirname, "codegen")

/** Runs `intercom codegen attributes` on the simulated workspace. */
const codegen = (...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { token, url } = yield* Simulator
    return yield* Command.inProcess(["codegen", "attributes", ...args], {
      INTERCOM_BASE_URL: url,
      INTERCOM_ACCESS_TOKEN: Redacted.value(token)
    })
  })

const onSimulator = <A, E>(layer: Layer.Layer<A, E, IntercomHttp>) =>
  layer.pipe(
    Layer.provideMerge(
      Layer.unwrap(Effect.map(Simulator, ({ token, url }) => IntercomHttp.layer({ accessToken: token, baseUrl: url })))
    ),
    Layer.provide(NodeHttpClient.layerUndici)
  )

/** Attributes of every kind, with names that are no names in code. */
const unusual = Effect.gen(function* () {
  const attributes = yield* DataAttributes
  const contact = { model: "contact", data_type: "string" } as const
  yield* attributes.create({ ...contact, name: "Plan (new)", description: "Ends */ here\nand there" })
  yield* attributes.create({ ...contact, name: "2fa", data_type: "boolean" })
  yield* attributes.create({ ...contact, name: 'a "quoted" name' })
  yield* attributes.create({ ...contact, name: "__proto__" })
  // One that is renamed may be called like another.
  const { insert } = yield* Simulator
  yield* insert("dataAttributes", {
    type: "data_attribute",
    id: "9999999999999",
    model: "contact",
    name: "2fa",
    full_name: "custom_attributes.2fa",
    label: "2fa",
    data_type: "string",
    custom: true,
    archived: false
  })
  yield* attributes.create({
    ...contact,
    name: "size",
    data_type: "options",
    options: [{ value: "S" }, { value: 'L"; process.exit(1) //' }]
  })
  yield* attributes.create({ ...contact, name: "renews_at", data_type: "datetime" })
  const old = yield* attributes.create({ ...contact, name: "old" })
  yield* attributes.update(DataAttributeId.make(String(old.id)), { archived: true })

  const types = yield* TicketTypes
  const type = yield* types.create({ name: "1st line / *bug*" })
  const again = yield* types.create({ name: "1st: line bug" })
  yield* types.update((yield* types.create({ name: "Gone" })).id, { archived: true })
  const one = { description: "" }
  yield* types.createAttribute(type.id, { ...one, name: "Log file", data_type: "files" })
  yield* types.createAttribute(type.id, { ...one, name: "When?", data_type: "datetime" })
  yield* types.createAttribute(type.id, { ...one, name: "Hours", data_type: "decimal", required_to_create: true })
  yield* types.createAttribute(again.id, { ...one, name: "Paid", data_type: "boolean" })
  const gone = yield* types.createAttribute(type.id, { ...one, name: "Gone", data_type: "string" })
  yield* types.updateAttribute(
    { ticket_type_id: type.id, attribute_id: TicketTypeAttributeId.make(gone.id) },
    { archived: true }
  )
}).pipe(Effect.provide(onSimulator(Layer.merge(DataAttributes.layer, TicketTypes.layer))))

/** What a file is to be; `UPDATE_CODEGEN=1` writes it. */
const assertFile = Effect.fnUntraced(function* (name: string, text: string) {
  const fs = yield* FileSystem.FileSystem
  const file = join(folder, name)
  if (process.env["UPDATE_CODEGEN"] !== undefined) yield* fs.writeFileString(file, text)
  assert.strictEqual(yield* fs.readFileString(file), text)
})

describe("intercom codegen attributes", () => {
  it.live("writes what the seeded workspace has, which is a module of this project", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* codegen(
        "--custom-object",
        "Order=order-1",
        "--custom-object",
        "Order=order-2"
      )
      assert.strictEqual(code, 0, stderr)
      yield* assertFile("Seeded.ts", `${stdout}\n`)
      assert.deepStrictEqual(stderr.split("\n").slice(0, 3), [
        "contacts: 6 attributes",
        "companies: 3 attributes",
        "conversations: 3 attributes"
      ])
    }).pipe(Effect.provide([Simulator.layer(), NodeServices.layer]))
  )

  it.live("is right: records of the workspace decode by it, and requests are taken", () =>
    Effect.gen(function* () {
      class MyContacts extends Contacts.withAttributes<MyContacts>()("MyContacts", Seeded.ContactAttributes) {}
      class Bugs extends Tickets.withAttributes<Bugs>()("Bugs", Seeded.BugTicketAttributes, {
        ids: Seeded.BugTicketAttributeIds
      }) {}
      yield* Effect.gen(function* () {
        const contacts = yield* MyContacts
        const all = yield* contacts.list.items().pipe(Stream.mapEffect(MyContacts.attributes.decode), Stream.runCollect)
        assert.lengthOf(all, 40)
        assert.isTrue(all.some(({ seats }) => typeof seats === "number"))
        const bugs = yield* Bugs
        const ticket = yield* bugs.create({
          ticket_type_id: Seeded.BugTicketTypeId,
          contacts: [{ email: "zoe@example.com" }],
          ticket_attributes: { _default_title_: "It broke", Priority: "Très urgent", Seats: 3 }
        })
        assert.deepStrictEqual(yield* Bugs.attributes.decode(ticket), {
          _default_title_: "It broke",
          Priority: "Très urgent",
          Seats: 3
        })
        const query = Bugs.where("ticket_attributes.Priority").equals("Très urgent")
        const { tickets } = yield* bugs.search({ query })
        assert.deepStrictEqual(
          tickets?.map(({ id }) => id),
          [ticket.id]
        )
      }).pipe(Effect.provide(onSimulator(Layer.merge(MyContacts.layer, Bugs.layer))))
    }).pipe(Effect.provide(Simulator.layer({ contacts: 40 })))
  )

  it.live("has names, texts and types of any kind; what is archived is left out, and said", () =>
    Effect.gen(function* () {
      yield* unusual
      const { code, stderr, stdout } = yield* codegen()
      assert.strictEqual(code, 0, stderr)
      yield* assertFile("Unusual.ts", `${stdout}\n`)
      assert.include(
        stderr,
        "contacts: 5 attributes; left out: 2fa (another has its name), __proto__ (no name for a field), old (archived)"
      )
      assert.include(stderr, "tickets: left out, as they are archived: Gone")
      assert.include(stderr, "left out: Gone (archived)")
      assert.hasAllKeys(Unusual.ContactAttributes.fields, ["2fa", "Plan (new)", 'a "quoted" name', "renews_at", "size"])
      assert.strictEqual(Unusual.Type1stLineBug4001TicketTypeId, "4001")
      assert.isEmpty(Unusual.ConversationAttributes.fields)
    }).pipe(
      Effect.provide([
        Simulator.layer({ contacts: 0, tickets: 0, dataAttributes: 0, ticketTypes: 0 }),
        NodeServices.layer
      ])
    )
  )

  it("infers no narrower schema of a custom object than its instances allow", () => {
    const instance = (custom_attributes: Record<string, unknown>) =>
      Schema.decodeUnknownSync(CustomObjectInstance)({ id: "1", custom_attributes })
    const { attributes, notes } = AttributesModule.ofCustomObject("Order", [
      instance({ mixed: "1", nested: { a: 1 }, never: null, sometimes: null, text: "a", whole: 1 }),
      instance({ mixed: 1, nested: "a", never: null, sometimes: true, whole: 2.5 }),
      instance({ mixed: null })
    ])
    assert.deepStrictEqual(
      attributes.map(({ name, notes, schema }) => [name, schema, ...notes]),
      [
        ["mixed", "Schema.Union([Schema.Finite, Schema.String])"],
        ["nested", "Schema.Json"],
        ["never", "Schema.Json", "No instance had a value."],
        ["sometimes", "Schema.Boolean"],
        ["text", "Schema.String"],
        ["whole", "Schema.Finite"]
      ]
    )
    assert.include(notes[0], "the API tells nowhere how types of custom objects are defined")
  })

  it.live("writes a file, and again; --check says whether it is what would be written", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* Command.temporary}/attributes.ts`
      const missing = yield* codegen("contacts", "--out", file, "--check")
      assert.strictEqual(missing.code, 1)
      assert.include(missing.stderr, "run the same command without --check")
      assert.isFalse(yield* fs.exists(file))
      for (const _ of [1, 2]) assert.strictEqual((yield* codegen("contacts", "--out", file)).code, 0)
      assert.strictEqual((yield* codegen("contacts", "--out", file, "--check")).code, 0)
      assert.strictEqual((yield* codegen("companies", "--out", file, "--check")).code, 1)
      const text = yield* fs.readFileString(file)
      assert.include(text, "export const ContactAttributes")
      assert.notInclude(text, "CompanyAttributes")
      yield* fs.writeFileString(file, "export const mine = 1\n")
      const { code, stderr } = yield* codegen("--out", file)
      assert.strictEqual(code, 1)
      assert.include(stderr, "was not written by this command")
      assert.strictEqual(yield* fs.readFileString(file), "export const mine = 1\n")
    }).pipe(Effect.provide([Simulator.layer(), NodeServices.layer]))
  )

  it.live("leaves out what cannot be had, and fails where it was asked for by name", () =>
    Effect.gen(function* () {
      const all = yield* codegen()
      assert.strictEqual(all.code, 0)
      assert.match(all.stderr, /^tickets: left out\. TicketTypes\.list /m)
      assert.include(all.stdout, "ContactAttributes")
      const named = yield* codegen("tickets")
      assert.strictEqual(named.code, 1)
      assert.include(named.stderr, "api_plan_restricted")
      const unknown = yield* codegen("--custom-object", "Nothing=1")
      assert.strictEqual(unknown.code, 1)
      const mistakes = [["--check"], ["--custom-object", "Order"], ["people"]]
      for (const args of mistakes) assert.strictEqual((yield* codegen(...args)).code, 64)
    }).pipe(
      Effect.provide([Simulator.layer({ faults: Faults.when("TicketTypes.list", "error403") }), NodeServices.layer])
    )
  )
})
