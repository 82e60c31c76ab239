/** The `curl` to paste: where it goes, and to whom it gives the token of the shell. */
import * as Document from "@effect-intercom/contract-tests/document/Document"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonPatch from "effect/JsonPatch"
import { find } from "../Subjects.ts"

/** The lines for what is found in `GET /me`, whose name is of another type. */
const lines = (...patch: JsonPatch.JsonPatch) =>
  find({
    operation: "GET /me",
    checks: ["structure", "responses"],
    runs: 3,
    patch: [...patch, { op: "add", path: "/components/schemas/Admin/properties/name/type", value: "integer" }]
  }).pipe(Effect.map((found) => found.flatMap(({ curl, operation }) => (operation === "GET /me" ? [curl ?? ""] : []))))

const servers = (...urls: ReadonlyArray<string>): JsonPatch.JsonPatchOperation => ({
  op: "add",
  path: "/servers",
  value: urls.map((url) => ({ url }))
})

const token = '-H "Authorization: Bearer $INTERCOM_ACCESS_TOKEN"'

const goes = (name: string, patch: JsonPatch.JsonPatch, address: string, authorised: boolean) =>
  it.live(name, () =>
    Effect.gen(function* () {
      const found = yield* lines(...patch)
      // One of a declaration, one of an exchange.
      assert.isTrue(
        found.some((line) => line.startsWith(`curl -g -X GET '${address}/me'`)),
        found.join("\n")
      )
      assert.isTrue(
        found.some((line) => line.startsWith(`curl -X GET '${address}/me'`)),
        found.join("\n")
      )
      for (const line of found) assert.strictEqual(line.includes(token), authorised, line)
    })
  )

describe("the curl of a finding", () => {
  goes("gives the token to Intercom", [], "https://api.intercom.io", true)
  goes("gives it to each region", [servers("https://api.eu.intercom.io")], "https://api.eu.intercom.io", true)
  goes("keeps the server's path", [servers("https://api.intercom.io/v2/")], "https://api.intercom.io/v2", true)
  goes("gives no other host a token", [servers("https://gw.example/intercom")], "https://gw.example/intercom", false)
  goes("gives none without encryption", [servers("http://api.intercom.io")], "http://api.intercom.io", false)
  goes(
    "gives none to a host that looks like Intercom's",
    [servers("https://api.intercom.io@evil.example/[1-9]")],
    "https://evil.example/%5B1-9%5D",
    false
  )
  goes(
    "goes to the operation's own server",
    [{ op: "add", path: "/paths/~1me/get/servers", value: [{ url: "https://other.example/x" }] }],
    "https://other.example/x",
    false
  )
  goes("is for Intercom where no server is absolute", [servers("/v1")], "https://api.intercom.io", true)
})

it("an address has no query and no slash at its end", () => {
  const root = Document.make({ servers: [{ url: "https://gw.example/a/?x=1#y" }] }).root
  assert.strictEqual(Document.addressOf(root), "https://gw.example/a")
})
