/** Every operation says which permission it needs, to programs and to those who read its documentation. */
import { operations } from "@effect-intercom/core/IntercomApi"
import { resources } from "@effect-intercom/core/resources/index"
import { Conversations } from "@effect-intercom/core/resources/Conversations"
import { ConversationId } from "@effect-intercom/core/resources/Common"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import * as Scripted from "./Scripted.ts"

/** Those for which no document names one; `Admins.me` every token can ask for. */
const undocumented: ReadonlySet<string> = new Set([
  "Admins.me",
  "Brands",
  "ContentImportSources",
  "Emails",
  "ExternalPages",
  "FinAgent",
  "FinVoice",
  "IpAllowlist",
  "Messages",
  "Workflows"
])

/** The documentation of each method of a resource, by its name. */
const documented = (resource: string): ReadonlyMap<string, string> => {
  const source = readFileSync(new URL(`../src/resources/${resource}.ts`, import.meta.url), "utf8")
  return new Map(
    Array.from(source.matchAll(/(\/\*\*(?:(?!\*\/)[^])*\*\/)\s+(\w+): Endpoint\./g), ([, text = "", method = ""]) => [
      method,
      text
    ])
  )
}

describe("a permission", () => {
  it("is named by every operation a document names one for", () => {
    const lacking = operations.filter(({ permission }) => permission === undefined).map(({ name }) => name)
    const known = operations
      .map(({ name }) => name)
      .filter((name) => undocumented.has(name) || undocumented.has(name.split(".")[0] ?? ""))
    assert.deepStrictEqual(lacking, known)
  })

  it.each(Object.values(resources).map(({ resource }) => resource))("is in the documentation of %s", (resource) => {
    const texts = documented(resource)
    for (const { name, permission } of operations) {
      const [of, method = ""] = name.split(".")
      if (of !== resource) continue
      const [, said] = /Permission: (.+)\.(?: \*\/|\n)/.exec(texts.get(method) ?? "") ?? []
      assert.strictEqual(said, permission, name)
    }
  })

  it.effect("is named by the error of a 403", () =>
    Effect.gen(function* () {
      const refusal = Scripted.errorList(403, { code: "forbidden" })
      const get = Conversations.use(({ get }) => get(ConversationId.make("1")))
      const { reason } = yield* Effect.flip(Effect.provide(get, Scripted.make([refusal]).layer(Conversations.layer)))
      assert(reason._tag === "Forbidden")
      assert.strictEqual(reason.permission, "Read conversations")
      assert.include(reason.message, 'If the app lacks the permission "Read conversations", give it')
    })
  )
})
