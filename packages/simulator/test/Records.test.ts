/** Whose ids stand in a path, and what a listing lists. */
import { operations } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import * as Records from "@effect-intercom/simulator/Records"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { inProcess } from "./Client.ts"

const idsIn = (resource: string, ...parameters: ReadonlyArray<string>) =>
  Effect.flatMap(Simulator, (simulator) => Records.pathIds(simulator, resource, parameters))

const first = (kind: "contacts" | "companies" | "newsItems" | "segments") =>
  Effect.gen(function* () {
    const [text = "{}"] = yield* Stream.runCollect((yield* Simulator).records(kind))
    // A record.
    return JSON.parse(text) as { readonly id: string; readonly external_id?: string }
  })

describe("the ids in a path", () => {
  it.effect("are those of the kinds their names say, or of the operation's own", () =>
    Effect.gen(function* () {
      const contact = yield* first("contacts")
      const company = yield* first("companies")
      const item = yield* first("newsItems")
      const segment = yield* first("segments")
      assert.deepStrictEqual(yield* idsIn("Contacts", "contact_id", "company_id"), {
        contact_id: contact.id,
        company_id: company.id
      })
      assert.deepStrictEqual(yield* idsIn("Companies", "news_item_id"), { news_item_id: item.id })
      for (const generic of ["id", "job_identifier"]) {
        assert.deepStrictEqual(yield* idsIn("Segments", generic), { [generic]: segment.id })
      }
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("are what a record of the operation's own kind has by that name", () =>
    Effect.gen(function* () {
      const { external_id } = yield* first("contacts")
      assert.deepStrictEqual(yield* idsIn("Contacts", "external_id"), { external_id: external_id ?? assert.fail() })
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("are left out where there is no record", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* idsIn("Messages", "id"), {})
      assert.deepStrictEqual(yield* idsIn("Tags", "contact_id"), {})
      assert.deepStrictEqual(yield* idsIn("NoSuchResource", "id"), {})
    }).pipe(Effect.provide(inProcess({ contacts: 0 })))
  )
})

it("a listing of all records of a kind is told from searches, scrolls and listings of something else", () => {
  const listed = operations.flatMap(({ name, resource }) => {
    const kind = Records.listedBy(resource.resource, name.slice(resource.resource.length + 1))
    return kind === undefined ? [] : [[name, kind]]
  })
  const subset = Object.fromEntries(
    listed.filter(([name = ""]) => /^(Contacts|Companies|Events|NewsItems)\./.test(name))
  )
  assert.deepInclude(subset, {
    "Contacts.list": "contacts",
    "Companies.list": "companies",
    "NewsItems.list": "newsItems"
  })
  assert.notProperty(subset, "Companies.scroll")
  assert.notProperty(subset, "Contacts.search")
  assert.notProperty(subset, "Events.list")
})
