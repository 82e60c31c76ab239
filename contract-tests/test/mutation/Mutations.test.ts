/** The suite can fail: divergences seeded into the document and into the client, each found where it is. */
import type * as Client from "@effect-intercom/contract-tests/subject/Client"
import type { Divergence } from "@effect-intercom/contract-tests/report/Divergence"
import * as Core from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonPatch from "effect/JsonPatch"
import * as Schema from "effect/Schema"
import { find, seed } from "../Subjects.ts"

interface Expected extends Partial<Omit<Divergence, "message" | "counterexample" | "curl" | "replay">> {
  readonly message: RegExp
}

/** The divergence that fits, which must be there. */
const expectFound = (divergences: ReadonlyArray<Divergence>, { message, ...fields }: Expected): Divergence => {
  const found = divergences.find(
    (divergence) =>
      message.test(divergence.message) &&
      Object.entries(fields).every(
        ([name, value]) => JSON.stringify(divergence[name as keyof Divergence]) === JSON.stringify(value)
      )
  )
  assert.isDefined(found, `none of ${JSON.stringify(divergences, null, 2)}`)
  return found
}

const contact = "/components/schemas/Contact"
const createContact = "/components/schemas/CreateContact"

describe("a changed document", () => {
  const mutant = (
    name: string,
    options: {
      readonly operation: string
      readonly check: string
      readonly patch: JsonPatch.JsonPatch
      readonly expected: Expected
    }
  ) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const { check, expected, operation, patch } = options
        const divergences = yield* find({ operation, checks: [check], patch })
        const found = expectFound(divergences, expected)
        if (found.operation === "the API") return
        assert.match(found.curl ?? "", /^curl (-g )?-X [A-Z]+ 'https:\/\/api\.intercom\.io\//)
        assert.notInclude(found.curl ?? "", "contract")
        if (check === "structure" || (found.direction !== "request" && found.direction !== "response")) return
        // Sampled divergences can be seen again.
        if (check !== "refusals") assert.strictEqual(found.replay?.seed, seed)
        assert.isDefined(found.counterexample)
      })
    )

  mutant("a property of an answer gets another name", {
    operation: "GET /contacts/{contact_id}",
    check: "structure",
    patch: [
      { op: "remove", path: `${contact}/properties/workspace_id` },
      { op: "add", path: `${contact}/properties/workspace`, value: { type: "string" } }
    ],
    expected: {
      operation: "GET /contacts/{contact_id}",
      method: "Contacts.get",
      direction: "response",
      class: "drift",
      pointer: `${contact}/properties/workspace_id`,
      message: /^workspace_id: the client knows it, the document does not$/
    }
  })
  mutant("an answer gets a property the client does not know", {
    operation: "GET /contacts",
    check: "structure",
    patch: [{ op: "add", path: `${contact}/properties/workspace`, value: { type: "string" } }],
    expected: {
      class: "drift",
      pointer: `${contact}/properties/workspace`,
      message: /^data\[\]\.workspace: the document has it, the client does not know it$/
    }
  })
  mutant("a property of an answer gets another type: seen by comparing", {
    operation: "GET /contacts",
    check: "structure",
    patch: [{ op: "replace", path: `${contact}/properties/created_at/type`, value: "string" }],
    expected: {
      class: "breaking",
      pointer: `${contact}/properties/created_at/type`,
      message: /^data\[\]\.created_at: the document's value may be string, the client's is integer or null$/
    }
  })
  mutant("a property of an answer gets another type: seen by sampling", {
    operation: "GET /contacts",
    check: "responses",
    patch: [{ op: "replace", path: `${contact}/properties/created_at/type`, value: "string" }],
    expected: {
      direction: "response",
      class: "breaking",
      pointer: `${contact}/properties/created_at/type`,
      message: /^data\[\]\.created_at: the client expects/
    }
  })
  mutant("a property of an answer may be null: seen by comparing", {
    operation: "GET /contacts/{contact_id}",
    check: "structure",
    patch: [{ op: "replace", path: `${contact}/properties/id/type`, value: ["string", "null"] }],
    expected: {
      class: "breaking",
      pointer: `${contact}/properties/id/type`,
      message: /^id: the document's value may be null, the client's may not$/
    }
  })
  mutant("a property of an answer may be null: seen by sampling", {
    operation: "GET /contacts/{contact_id}",
    check: "responses",
    patch: [{ op: "replace", path: `${contact}/properties/id/type`, value: ["string", "null"] }],
    expected: { direction: "response", pointer: `${contact}/properties/id/type`, message: /^id: the client expects/ }
  })
  mutant("an answer promises less: seen by comparing", {
    operation: "GET /contacts/{contact_id}",
    check: "structure",
    patch: [{ op: "replace", path: `${contact}/required`, value: ["type"] }],
    expected: {
      class: "breaking",
      pointer: `${contact}/required`,
      message: /^id: the client demands it, the document does not promise it$/
    }
  })
  mutant("an answer promises less: seen by sampling", {
    operation: "GET /contacts/{contact_id}",
    check: "responses",
    patch: [{ op: "replace", path: `${contact}/required`, value: ["type"] }],
    expected: { direction: "response", pointer: `${contact}/required`, message: /^id: the client demands/ }
  })
  mutant("an answer nested deep gets another type", {
    operation: "GET /conversations/{conversation_id}",
    check: "structure",
    patch: [{ op: "replace", path: "/components/schemas/ConversationPart/properties/redacted/type", value: "string" }],
    expected: {
      class: "breaking",
      pointer: "/components/schemas/ConversationPart/properties/redacted/type",
      message: /^conversation_parts\.conversation_parts\[\]\.redacted: /
    }
  })
  mutant("a property is only required, and not described any more", {
    operation: "GET /contacts/{contact_id}",
    check: "structure",
    patch: [{ op: "remove", path: `${contact}/properties/id` }],
    expected: {
      class: "breaking",
      pointer: `${contact}/properties/id`,
      message: /^id: the client demands it, the document does not have it$/
    }
  })
  mutant("an error body gets another type: seen by comparing", {
    operation: "GET /me",
    check: "structure",
    patch: [
      {
        op: "replace",
        path: "/components/schemas/ErrorList/properties/errors/items/properties/code/type",
        value: "integer"
      }
    ],
    expected: {
      direction: "error",
      class: "breaking",
      pointer: "/components/schemas/ErrorList/properties/errors/items/properties/code/type",
      message: /^error errors\[\]\.code: the document's value may be integer, the client's is string$/
    }
  })
  mutant("an answer has no body any more", {
    operation: "GET /contacts",
    check: "coverage",
    patch: [{ op: "remove", path: "/paths/~1contacts/get/responses/200/content" }],
    expected: {
      direction: "coverage",
      class: "breaking",
      pointer: "/paths/~1contacts/get/responses/200/content",
      message: /^the client expects a body, the document has none$/
    }
  })
  mutant("an answer without a body gets one", {
    operation: "POST /events",
    check: "coverage",
    patch: [{ op: "add", path: "/paths/~1events/post/responses/202/content", value: { "application/json": {} } }],
    expected: { class: "drift", message: /^the document has a body the client ignores$/ }
  })
  mutant("an operation is gone", {
    operation: "GET /segments",
    check: "coverage",
    patch: [{ op: "remove", path: "/paths/~1segments" }],
    expected: {
      operation: "GET /segments",
      method: "Segments.list",
      direction: "coverage",
      class: "breaking",
      pointer: "/paths/~1segments/get",
      message: /^the client has an operation the document lacks$/
    }
  })
  mutant("an operation is new", {
    operation: "GET /segments",
    check: "coverage",
    patch: [
      {
        op: "add",
        path: "/paths/~1parrots",
        value: { get: { operationId: "listParrots", responses: { "200": { description: "ok" } } } }
      }
    ],
    expected: {
      operation: "GET /parrots",
      direction: "coverage",
      class: "drift",
      pointer: "/paths/~1parrots/get",
      message: /^the client has no method for listParrots$/
    }
  })
  mutant("an error is gone", {
    operation: "GET /contacts/{contact_id}",
    check: "coverage",
    patch: [{ op: "remove", path: "/paths/~1contacts~1{contact_id}/get/responses/404" }],
    expected: {
      class: "drift",
      pointer: "/paths/~1contacts~1{contact_id}/get/responses/404",
      message: /^the client declares status 404, the document does not$/
    }
  })
  mutant("an error is new", {
    operation: "GET /contacts/{contact_id}",
    check: "coverage",
    patch: [
      {
        op: "add",
        path: "/paths/~1contacts~1{contact_id}/get/responses/410",
        value: { $ref: "#/components/responses/NotFound" }
      }
    ],
    expected: { class: "drift", message: /^the document declares status 410, the client does not$/ }
  })
  mutant("another status means success", {
    operation: "POST /contacts",
    check: "coverage",
    patch: [
      { op: "remove", path: "/paths/~1contacts/post/responses/200" },
      { op: "add", path: "/paths/~1contacts/post/responses/201", value: { description: "created" } }
    ],
    expected: {
      class: "breaking",
      pointer: "/paths/~1contacts/post/responses/200",
      message: /^the client declares status 200, the document does not$/
    }
  })
  mutant("no token is needed any more", {
    operation: "GET /me",
    check: "coverage",
    patch: [{ op: "add", path: "/paths/~1me/get/security", value: [] }],
    expected: { class: "drift", pointer: "/paths/~1me/get/security", message: /^the client sends a bearer token/ }
  })
  mutant("a query parameter is gone: seen by comparing", {
    operation: "GET /contacts",
    check: "structure",
    patch: [{ op: "remove", path: "/paths/~1contacts/get/parameters/0" }],
    expected: {
      direction: "request",
      class: "breaking",
      pointer: "/paths/~1contacts/get/parameters",
      message: /^query parameter per_page: the client sends it, the document does not know it$/
    }
  })
  mutant("a query parameter is gone: seen by sampling", {
    operation: "GET /contacts",
    check: "requests",
    patch: [{ op: "remove", path: "/paths/~1contacts/get/parameters/0" }],
    expected: {
      direction: "request",
      class: "breaking",
      pointer: "/paths/~1contacts/get/parameters",
      message: /^query parameter per_page is not in the document$/
    }
  })
  mutant("a query parameter only changes its case", {
    operation: "GET /contacts",
    check: "requests",
    patch: [{ op: "replace", path: "/paths/~1contacts/get/parameters/0/name", value: "PER_PAGE" }],
    expected: { direction: "request", message: /^query parameter per_page is not in the document$/ }
  })
  mutant("a query parameter is needed that the client does not have", {
    operation: "GET /contacts",
    check: "structure",
    patch: [
      {
        op: "add",
        path: "/paths/~1contacts/get/parameters/2",
        value: { name: "brand", in: "query", required: true, schema: { type: "string" } }
      }
    ],
    expected: {
      direction: "request",
      class: "breaking",
      pointer: "/paths/~1contacts/get/parameters/2",
      message: /^query parameter brand: the document requires it, the client cannot send it$/
    }
  })
  mutant("a field of a request is gone: seen by comparing", {
    operation: "POST /contacts",
    check: "structure",
    patch: [{ op: "remove", path: `${createContact}/properties/avatar` }],
    expected: {
      direction: "request",
      class: "breaking",
      pointer: `${createContact}/properties/avatar`,
      through: ["/paths/~1contacts/post/requestBody/content/application~1json/schema/$ref"],
      message: /^avatar: the client sends it, the document does not know it$/
    }
  })
  mutant("a field of a request is gone: seen by sampling", {
    operation: "POST /contacts",
    check: "requests",
    patch: [{ op: "remove", path: `${createContact}/properties/avatar` }],
    expected: {
      direction: "request",
      pointer: `${createContact}/properties/avatar`,
      message: /^avatar is not in the document$/
    }
  })
  mutant("a request may have a field the client does not know", {
    operation: "POST /contacts",
    check: "structure",
    patch: [{ op: "add", path: `${createContact}/properties/nickname`, value: { type: "string" } }],
    expected: { class: "drift", message: /^nickname: the document takes it, the client cannot send it$/ }
  })
  mutant("a field of a request gets another type: seen by comparing", {
    operation: "POST /contacts",
    check: "structure",
    patch: [{ op: "replace", path: `${createContact}/properties/owner_id/type`, value: ["string", "null"] }],
    expected: {
      class: "breaking",
      pointer: `${createContact}/properties/owner_id/type`,
      message: /^owner_id: the client's value may be integer, the document's is string or null$/
    }
  })
  mutant("a field of a request gets another type: seen by sampling", {
    operation: "POST /contacts",
    check: "requests",
    patch: [{ op: "replace", path: `${createContact}/properties/owner_id/type`, value: ["string", "null"] }],
    expected: {
      direction: "request",
      class: "breaking",
      pointer: `${createContact}/properties/owner_id/type`,
      message: /^owner_id must be string,null$/
    }
  })
  mutant("a field of a request may not be null any more", {
    operation: "POST /contacts",
    check: "structure",
    patch: [{ op: "replace", path: `${createContact}/properties/phone/type`, value: "string" }],
    expected: {
      class: "breaking",
      pointer: `${createContact}/properties/phone/type`,
      message: /^phone: the client's value may be null, the document's may not$/
    }
  })
  mutant("a field of a request becomes required: seen by comparing", {
    operation: "POST /articles",
    check: "structure",
    patch: [
      { op: "replace", path: "/components/schemas/CreateArticle/required", value: ["title", "author_id", "body"] }
    ],
    expected: {
      class: "breaking",
      pointer: "/components/schemas/CreateArticle/required",
      message: /^body: the document requires it, the client does not$/
    }
  })
  mutant("a field of a request becomes required: seen by sampling", {
    operation: "POST /articles",
    check: "requests",
    patch: [
      { op: "replace", path: "/components/schemas/CreateArticle/required", value: ["title", "author_id", "body"] }
    ],
    expected: {
      direction: "request",
      pointer: "/components/schemas/CreateArticle/required",
      message: /must have required property 'body'/
    }
  })
  mutant("a field of a request gets another type: seen by what the client does not refuse", {
    operation: "POST /contacts",
    check: "refusals",
    patch: [{ op: "replace", path: `${createContact}/properties/owner_id/type`, value: ["string", "null"] }],
    expected: {
      direction: "request",
      class: "breaking",
      pointer: `${createContact}/properties/owner_id`,
      message: /^the document forbids integer for owner_id, the client sends it$/
    }
  })
  mutant("a field of a request becomes required: seen by what the client does not refuse", {
    operation: "POST /articles",
    check: "refusals",
    patch: [
      { op: "replace", path: "/components/schemas/CreateArticle/required", value: ["title", "author_id", "body"] }
    ],
    expected: { direction: "request", message: /^the document forbids leaving out body, the client sends it$/ }
  })
  mutant("a field of a request takes some values only", {
    operation: "POST /contacts",
    check: "structure",
    patch: [{ op: "add", path: `${createContact}/properties/role/enum`, value: ["user", "lead"] }],
    expected: { class: "breaking", message: /^role: the document's is "user" or "lead" only$/ }
  })
  mutant("a field of a request gets a smaller range", {
    operation: "GET /contacts",
    check: "structure",
    patch: [{ op: "add", path: "/paths/~1contacts/get/parameters/0/schema/maximum", value: 100 }],
    expected: { class: "breaking", message: /^query parameter per_page: .*maximum of 100$/ }
  })
  mutant("a request takes another content type", {
    operation: "POST /contacts",
    check: "coverage",
    patch: [
      {
        op: "replace",
        path: "/paths/~1contacts/post/requestBody/content",
        value: { "application/xml": { schema: { type: "object" } } }
      }
    ],
    expected: { class: "breaking", message: /^the client sends application\/json, the document does not take it$/ }
  })
  mutant("an error has another body", {
    operation: "GET /me",
    check: "errors",
    patch: [
      {
        op: "replace",
        path: "/components/responses/Unauthorized/content/application~1json/schema",
        value: {
          type: "object",
          properties: {
            errors: {
              type: "array",
              items: { type: "object", properties: { code: { type: "integer" } }, required: ["code"] },
              minItems: 1
            }
          },
          required: ["errors"]
        }
      }
    ],
    expected: {
      direction: "error",
      class: "breaking",
      pointer: "/paths/~1me/get/responses/401",
      message: /^status 401/
    }
  })
  mutant("the simulator keeps to another document", {
    operation: "GET /segments",
    check: "simulated",
    patch: [{ op: "replace", path: "/components/schemas/Segment/properties/created_at/type", value: "string" }],
    expected: {
      direction: "response",
      class: "breaking",
      pointer: "/components/schemas/Segment/properties/created_at/type",
      message: /^the simulator's answer: segments\[\]\.created_at must be string$/
    }
  })

  mutant("a field of a request may be null, and the client cannot send it", {
    operation: "POST /contacts",
    check: "structure",
    patch: [{ op: "replace", path: `${createContact}/properties/email/type`, value: ["string", "null"] }],
    expected: {
      class: "drift",
      pointer: `${createContact}/properties/email/type`,
      message: /^email: the document takes null, the client cannot send it$/
    }
  })

  mutant("a parameter of the path is written in another style", {
    operation: "GET /contacts/{contact_id}",
    check: "structure",
    patch: [{ op: "add", path: "/paths/~1contacts~1{contact_id}/get/parameters/0/style", value: "matrix" }],
    expected: {
      direction: "request",
      class: "breaking",
      pointer: "/paths/~1contacts~1{contact_id}/get/parameters/0/style",
      message: /^path parameter contact_id: the document has it in style matrix, the client in simple$/
    }
  })
  mutant("a text in the query is JSON", {
    operation: "GET /contacts",
    check: "structure",
    patch: [
      {
        op: "replace",
        path: "/paths/~1contacts/get/parameters/1",
        value: { name: "starting_after", in: "query", content: { "application/json": { schema: { type: "string" } } } }
      }
    ],
    expected: {
      class: "breaking",
      pointer: "/paths/~1contacts/get/parameters/1/content",
      message: /^query parameter starting_after: the document has it as application\/json, the client as plain text$/
    }
  })
  mutant("what is left out means something", {
    operation: "GET /contacts",
    check: "structure",
    patch: [{ op: "add", path: "/paths/~1contacts/get/parameters/0/schema/default", value: 10 }],
    expected: {
      class: "note",
      pointer: "/paths/~1contacts/get/parameters/0/schema/default",
      message: /^query parameter per_page: left out, the document takes it for 10$/
    }
  })
  mutant("of some fields only one may be sent", {
    operation: "POST /contacts",
    check: "requests",
    patch: [
      {
        op: "add",
        path: `${createContact}/oneOf`,
        value: [{ required: ["email"] }, { required: ["external_id"] }, { required: ["role"] }]
      }
    ],
    expected: { direction: "request", class: "breaking", message: /must match exactly one schema in oneOf/ }
  })
  mutant("kinds of a body are told apart by a field the client does not have", {
    operation: "POST /contacts",
    check: "structure",
    patch: [{ op: "add", path: `${createContact}/discriminator`, value: { propertyName: "kind" } }],
    expected: { direction: "request", class: "breaking", message: /^kind: the document requires it, the client cannot/ }
  })
  mutant("kinds of an answer are told apart by a field the client does not know", {
    operation: "GET /contacts",
    check: "structure",
    patch: [{ op: "add", path: `${contact}/discriminator`, value: { propertyName: "kind" } }],
    expected: { direction: "response", class: "drift", message: /^data\[\]\.kind: the document has it/ }
  })
  mutant("the first item of a list is another", {
    operation: "GET /contacts",
    check: "structure",
    patch: [
      { op: "add", path: "/components/schemas/ContactList/properties/data/prefixItems", value: [{ type: "integer" }] }
    ],
    expected: {
      class: "breaking",
      pointer: "/components/schemas/ContactList/properties/data/prefixItems/0/type",
      message: /^data\[\]: the document's value may be integer, the client's is object$/
    }
  })
  mutant("a field is described by a pattern only, as another type", {
    operation: "GET /contacts/{contact_id}",
    check: "structure",
    patch: [
      { op: "remove", path: `${contact}/properties/signed_up_at` },
      { op: "add", path: `${contact}/patternProperties`, value: { "^signed_": { type: "string" } } }
    ],
    expected: {
      class: "breaking",
      message: /^signed_up_at: the document's value may be string, the client's is integer/
    }
  })
  mutant("null for a field whose name another kind of object has, too, where it may be null", {
    operation: "POST /contacts/search",
    check: "structure",
    patch: [
      {
        op: "replace",
        path: "/components/schemas/SearchGroup/properties/value",
        value: { anyOf: [{ type: "array", items: { $ref: "#/components/schemas/SearchFilter" } }, { type: "null" }] }
      }
    ],
    expected: {
      class: "drift",
      direction: "request",
      message: /value: the document takes null, the client cannot send it/
    }
  })

  mutant("of several kinds of values, one has choices", {
    operation: "POST /contacts/search",
    check: "structure",
    patch: [
      {
        op: "add",
        path: "/components/schemas/SearchFilter/properties/value/anyOf/4/items/anyOf/0/enum",
        value: ["one", "two"]
      }
    ],
    expected: {
      class: "breaking",
      message: /the document's, where it is a string, is "one" or "two" only/
    }
  })
  mutant("a field can have no value any more", {
    operation: "GET /contacts/{contact_id}",
    check: "structure",
    patch: [{ op: "replace", path: `${contact}/properties/email`, value: false }],
    expected: { class: "drift", message: /^email: the client knows it, the document does not$/ }
  })
  mutant("a text comes encoded", {
    operation: "GET /contacts/{contact_id}",
    check: "structure",
    patch: [{ op: "add", path: `${contact}/properties/name/contentEncoding`, value: "base64" }],
    expected: {
      class: "drift",
      pointer: `${contact}/properties/name/contentEncoding`,
      message: /^name: the document's/
    }
  })
  mutant("a text has a format nobody can check", {
    operation: "POST /contacts",
    check: "structure",
    patch: [{ op: "add", path: `${createContact}/properties/phone/format`, value: "e164" }],
    expected: {
      class: "drift",
      pointer: `${createContact}/properties/phone/format`,
      message: /^phone: the client does/
    }
  })
  mutant("the API calls back", {
    operation: "POST /contacts",
    check: "coverage",
    patch: [{ op: "add", path: "/paths/~1contacts/post/callbacks", value: { done: {} } }],
    expected: {
      class: "drift",
      pointer: "/paths/~1contacts/post/callbacks/done",
      message: /^the document calls back \(done\)/
    }
  })
  mutant("a token needs more than it did", {
    operation: "POST /contacts",
    check: "coverage",
    patch: [{ op: "add", path: "/paths/~1contacts/post/security", value: [{ bearerAuth: ["write"] }] }],
    expected: { class: "note", pointer: "/paths/~1contacts/post/security", message: /a token with write$/ }
  })

  const media = "application~1json"
  for (const [type, severity, message] of [
    [
      "application/json; charset=iso-8859-1",
      "breaking",
      /^status 200 comes as application\/json; charset=iso-8859-1, the/
    ],
    [
      "application/json; version=2",
      "breaking",
      /^status 200 comes as application\/json; version=2, the client reads JSON/
    ]
  ] as const) {
    mutant(`an answer comes as ${type}`, {
      operation: "GET /contacts/{contact_id}",
      check: "coverage",
      patch: [
        {
          op: "replace",
          path: "/paths/~1contacts~1{contact_id}/get/responses/200/content",
          value: { [type]: { schema: { $ref: "#/components/schemas/Contact" } } }
        }
      ],
      expected: { direction: "coverage", class: severity, message }
    })
  }
  mutant("a request takes another version of a media type", {
    operation: "POST /contacts",
    check: "coverage",
    patch: [
      { op: "remove", path: `/paths/~1contacts/post/requestBody/content/${media}` },
      { op: "add", path: `/paths/~1contacts/post/requestBody/content/${media}; version=2`, value: { schema: {} } }
    ],
    expected: { class: "breaking", message: /^the client sends application\/json, the document does not take it$/ }
  })
  mutant("the API has a webhook", {
    operation: "GET /me",
    check: "coverage",
    patch: [{ op: "add", path: "/webhooks", value: { contactCreated: { post: {} } } }],
    expected: {
      operation: "the API",
      class: "drift",
      pointer: "/webhooks/contactCreated",
      message: /^the document has a webhook \(contactCreated\), the client does not$/
    }
  })
  mutant("it is about another version of the API", {
    operation: "GET /me",
    check: "coverage",
    patch: [{ op: "replace", path: "/info/version", value: "2.14" }],
    expected: { operation: "the API", class: "drift", pointer: "/info/version", message: /version 2\.14 of the API/ }
  })
  mutant("pages are counted from 0", {
    operation: "GET /articles",
    check: "structure",
    patch: [{ op: "add", path: "/paths/~1articles/get/parameters/0/schema/default", value: 0 }],
    expected: {
      class: "breaking",
      message: /^query parameter page: the document counts pages from 0, the client from 1$/
    }
  })

  it.live("a narrower answer is no divergence", () =>
    Effect.gen(function* () {
      const divergences = yield* find({
        operation: "POST /contacts",
        checks: ["coverage", "structure", "requests", "responses"],
        patch: [
          { op: "replace", path: `${contact}/properties/name/type`, value: "string" },
          { op: "replace", path: `${contact}/required`, value: ["type", "id", "name"] }
        ]
      })
      assert.deepStrictEqual(divergences, [])
    })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// clients
// ---------------------------------------------------------------------------------------------------------------------

/** A client whose only resource is this one; its methods take what their endpoint takes. */
const resource = (endpoints: Core.Resource.Endpoints, methods?: ReadonlyArray<string>): Client.Resources => {
  class Contacts extends Core.Resource.Service<Contacts>()("Contacts", endpoints) {}
  return {
    resources: [Contacts],
    services: Effect.map(Core.IntercomHttp, (http) => {
      const made = Object.entries(Contacts.make(http))
      const [[, first] = []] = made
      const named = (methods ?? Object.keys(endpoints)).map((name) => [name, new Map(made).get(name) ?? first])
      return { Contacts: Object.fromEntries(named) as object }
    })
  }
}

const listing = (
  path: "/contacts" | "/contact",
  fields: Schema.Struct.Fields,
  success: Schema.Top = Core.ContactList
): Core.Resource.Endpoints => ({ list: Core.Endpoint.get(path, { query: Schema.Struct(fields), success }) })

const creating = (fields: Schema.Struct.Fields): Core.Resource.Endpoints => ({
  create: Core.Endpoint.post("/contacts", { payload: Schema.Struct(fields), success: Core.Contact })
})

describe("a client with a fault", () => {
  it.live("a good one has none", () =>
    Effect.gen(function* () {
      const divergences = yield* find({
        operation: "GET /contacts",
        checks: ["structure", "requests", "responses", "mocked", "errors"],
        client: resource(
          listing("/contacts", {
            per_page: Schema.optionalKey(Schema.Int),
            starting_after: Schema.optionalKey(Schema.String)
          })
        )
      })
      assert.deepStrictEqual(
        divergences.filter(({ operation }) => operation === "GET /contacts"),
        []
      )
    })
  )

  const faulty = (
    name: string,
    options: {
      readonly operation: string
      readonly check: string
      readonly client: Client.Resources
      readonly expected: Expected
    }
  ) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const { check, client, expected, operation } = options
        expectFound(yield* find({ operation, checks: [check], client }), expected)
      })
    )

  faulty("a wrong path", {
    operation: "GET /contacts",
    check: "requests",
    client: resource(listing("/contact", {})),
    expected: {
      operation: "GET /contact",
      method: "Contacts.list",
      direction: "coverage",
      class: "breaking",
      pointer: "/paths/~1contact/get",
      message: /^the client has an operation the document lacks$/
    }
  })
  faulty("a misspelt query parameter", {
    operation: "GET /contacts",
    check: "requests",
    client: resource(listing("/contacts", { perPage: Schema.optionalKey(Schema.Int) })),
    expected: { direction: "request", class: "breaking", message: /^query parameter perPage is not in the document$/ }
  })
  faulty("a query parameter of another type", {
    operation: "GET /contacts",
    check: "requests",
    client: resource(listing("/contacts", { per_page: Schema.optionalKey(Schema.Finite) })),
    expected: { direction: "request", message: /^query parameter per_page: the value must be integer$/ }
  })
  faulty("a misspelt field", {
    operation: "POST /contacts",
    check: "requests",
    client: resource(creating({ email: Schema.String, external_Id: Schema.optionalKey(Schema.String) })),
    expected: { direction: "request", class: "breaking", message: /^external_Id is not in the document$/ }
  })
  faulty("a null where the document permits none", {
    operation: "POST /contacts",
    check: "requests",
    client: resource(creating({ email: Schema.NullOr(Schema.String) })),
    expected: { direction: "request", class: "breaking", message: /^email must be string$/ }
  })
  faulty("a field that is left out and needed", {
    operation: "POST /contacts",
    check: "requests",
    client: resource(creating({ name: Schema.optionalKey(Schema.String) })),
    expected: { direction: "request", class: "breaking", message: /must match a schema in anyOf/ }
  })
  faulty("a payload that is not checked before it is sent", {
    operation: "POST /contacts",
    check: "refusals",
    client: {
      ...resource(creating({ email: Schema.String })),
      services: resource(creating({ email: Schema.Unknown })).services
    },
    expected: { direction: "request", class: "breaking", message: /^the document forbids integer for email, / }
  })
  it.live("one of several kinds of answers that is taken for something narrower", () =>
    Effect.gen(function* () {
      const success = Schema.Union([
        Schema.Struct({ total: Schema.Int, value: Schema.Int }),
        Schema.Struct({ label: Schema.String, value: Schema.String })
      ])
      const answer = (value: Schema.JsonObject): Schema.Json => ({
        anyOf: [
          { type: "object", properties: { total: { type: "integer" }, value }, required: ["total", "value"] },
          {
            type: "object",
            properties: { label: { type: "string" }, value: { type: "string" } },
            required: ["label", "value"]
          }
        ]
      })
      const found = (value: Schema.JsonObject) =>
        Effect.map(
          find({
            operation: "GET /contacts",
            checks: ["structure"],
            client: resource(listing("/contacts", {}, success)),
            patch: [
              {
                op: "replace",
                path: "/paths/~1contacts/get/responses/200/content/application~1json/schema",
                value: answer(value)
              }
            ]
          }),
          (all) => all.filter(({ message }) => message.startsWith("value: ")).map(({ message }) => message)
        )
      assert.deepStrictEqual(yield* found({ type: "integer" }), [])
      assert.deepStrictEqual(yield* found({ type: ["integer", "string"] }), [
        "value: the document's value may be string, the client's is integer"
      ])
    })
  )

  faulty("an answer that is taken for something narrower", {
    operation: "GET /contacts",
    check: "responses",
    client: resource(
      listing(
        "/contacts",
        {},
        Schema.Struct({ data: Schema.Array(Schema.Struct({ id: Schema.String, email: Schema.String })) })
      )
    ),
    expected: { direction: "response", class: "breaking", message: /^data\[\]\.email: the client (expects|demands)/ }
  })
  faulty("a method that is no operation", {
    operation: "GET /contacts",
    check: "coverage",
    client: resource(listing("/contacts", {}), ["list", "browse"]),
    expected: { method: "Contacts.browse", direction: "coverage", class: "breaking", message: /no declared operation/ }
  })
  faulty("an operation without a method", {
    operation: "GET /contacts",
    check: "coverage",
    client: resource(listing("/contacts", {}), []),
    expected: { method: "Contacts.list", direction: "coverage", class: "breaking", message: /no method of that name/ }
  })
  faulty("a method that strips what it does not know", {
    operation: "GET /contacts",
    check: "responses",
    client: {
      ...resource(listing("/contacts", {})),
      services: Effect.map(Core.Contacts, (contacts) => ({
        Contacts: { list: () => Effect.map(contacts.list(), ({ data }) => ({ data })) }
      }))
    },
    expected: { direction: "response", class: "breaking", message: /the client does not keep it as it came$/ }
  })
  faulty("a method that calls the wrong operation", {
    operation: "GET /contacts",
    check: "requests",
    client: {
      ...resource(listing("/contacts", {})),
      services: Effect.map(Core.Segments, (segments) => ({ Contacts: { list: () => segments.list() } }))
    },
    expected: {
      direction: "request",
      class: "breaking",
      message: /^the client sends GET to another path than \/contacts$/
    }
  })
  faulty("a method that hides errors", {
    operation: "GET /contacts",
    check: "errors",
    client: {
      ...resource(listing("/contacts", {})),
      services: Effect.map(Core.Contacts, (contacts) => ({
        Contacts: { list: () => Effect.orElseSucceed(contacts.list(), () => ({ data: [] })) }
      }))
    },
    expected: { direction: "error", class: "breaking", message: /^status 400 does not make the client fail/ }
  })
})

it.live("the smallest counterexample is reported, with the request that shows it", () =>
  Effect.gen(function* () {
    const divergences = yield* find({
      operation: "POST /contacts",
      checks: ["requests"],
      patch: [{ op: "remove", path: `${createContact}/properties/avatar` }]
    })
    const found = expectFound(divergences, { message: /^avatar is not in the document$/ })
    const { payload } = found.counterexample as { readonly payload: Readonly<Record<string, unknown>> }
    // One of the three that are needed, and the one that is refused.
    assert.strictEqual(Object.keys(payload).length, 2)
    assert.property(payload, "avatar")
    assert.include(found.curl ?? "", `--data-raw '{`)
    assert.include(found.curl ?? "", "Authorization: Bearer $INTERCOM_ACCESS_TOKEN")
  })
)
