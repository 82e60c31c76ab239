/** A small run, with an overlay and with texts that are no friends of any format. */
import type * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import type { Divergence } from "@effect-intercom/contract-tests/report/Divergence"
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { client as intercom, services } from "../Subjects.ts"

/** Markup, quotes, references, ends of sections, controls, marks of direction, a lone surrogate. */
export const hostile =
  "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`&amp;]]>-->|*_[a](javascript:alert(3))\0\u001b\u202e\ud800\nhttp://evil.example www.evil.example"

/** What of {@link hostile} neither XML nor YAML can hold. */
export const unwritable = /(?!\n)\p{Cc}|\p{Cs}/gu

const document = `openapi: 3.1.0
info: { title: ${JSON.stringify("Small & <b>bold</b>")}, version: "2.15" }
servers: [{ url: https://api.intercom.io }]
paths:
  /me:
    get:
      operationId: getMe
      responses:
        "200":
          content:
            application/json:
              schema:
                $ref: "#/components/schemas/Admin"
  /contacts:
    get:
      parameters:
        - { name: per_page, in: query, schema: { type: integer } }
      responses:
        "200": { description: ok }
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                # <img src=x onerror=alert(4)></pre></script> is a comment of the document
                email: { type: string }
                owner_id:
                  type: integer
      responses:
        "200": { description: ok }
  /tags/{id}:
    delete:
      responses: {}
components:
  schemas:
    Admin:
      type: object
      properties:
        id: { type: string }
`

const overlay = `overlay: 1.0.0
info: { title: Small, version: 1.0.0 }
actions:
  - target: "$.components.schemas.Admin.properties"
    description: ${JSON.stringify(`Sent by the live API. ${hostile.replaceAll(unwritable, "")}`)}
    update:
      email:
        type: string
      name: { type: string }
`

export const pointers = {
  admin: "/paths/~1me/get/responses/200/content/application~1json/schema/$ref",
  email: "/paths/~1contacts/post/requestBody/content/application~1json/schema/properties/email",
  owner: "/paths/~1contacts/post/requestBody/content/application~1json/schema/properties/owner_id"
}

const contact = { operation: "POST /contacts", method: "Contacts.create" } as const

const divergences: { readonly [check: string]: ReadonlyArray<Divergence> } = {
  coverage: [
    {
      operation: "DELETE /tags/{id}",
      direction: "coverage",
      class: "drift",
      pointer: "/paths/~1tags~1{id}/delete",
      through: [],
      message: "the client has no method for DELETE /tags/{id}"
    }
  ],
  requests: [
    {
      ...contact,
      direction: "request",
      class: "breaking",
      pointer: `${pointers.owner}/type`,
      through: [],
      message: `owner_id: ${hostile}`,
      counterexample: { payload: { [hostile]: hostile } },
      replay: { seed: 7, path: "3:1:0" },
      curl: `curl -X POST 'https://api.intercom.io/contacts' --data-raw '${hostile}'`
    },
    {
      ...contact,
      direction: "request",
      class: "breaking",
      pointer: pointers.email,
      through: [],
      message: "email: must be string"
    }
  ],
  structure: [
    {
      ...contact,
      direction: "request",
      class: "note",
      pointer: `${pointers.email}/maxLength`,
      through: [],
      message: "email: shorter than it must be"
    }
  ],
  responses: [
    {
      operation: "GET /me",
      method: "Admins.me",
      direction: "response",
      class: "drift",
      pointer: "/components/schemas/Admin/properties/email/type",
      through: [pointers.admin],
      message: "email: the client does not know it"
    }
  ]
}

const row = (operation: string, check: string, runs: number, found: ReadonlyArray<Divergence> = []): Contract.Row => ({
  operation,
  check,
  runs,
  divergences: found
})

export interface Options {
  /** Each finding that many times over, with other words. */
  readonly times?: number
  /** No findings at all. */
  readonly none?: boolean
  /** Checks besides those that found something. */
  readonly further?: number
}

/** The report. */
export const make = (options: Options = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = yield* fs.makeTempDirectoryScoped()
    const spec = path.join(folder, "small api.yml")
    const extra = path.join(folder, "overlay.yml")
    yield* fs.writeFileString(spec, document)
    yield* fs.writeFileString(extra, overlay)
    const effective = yield* EffectiveDocument.load({ spec, overlays: [extra] })
    const client = yield* intercom
    const found = (check: string) =>
      options.none === true
        ? []
        : Array.from({ length: options.times ?? 1 }).flatMap((_, index) =>
            (divergences[check] ?? []).map((one) =>
              index === 0 ? one : { ...one, message: `${one.message} ${index}` }
            )
          )
    const rows = [
      row("the API", "coverage", 1, found("coverage")),
      ...["GET /me", "GET /contacts", "POST /contacts"].flatMap((operation) => [
        row(operation, "coverage", 1),
        row(operation, "structure", 1, operation === "POST /contacts" ? found("structure") : []),
        row(operation, "requests", 50, operation === "POST /contacts" ? found("requests") : []),
        row(operation, "responses", 50, operation === "GET /me" ? found("responses") : []),
        ...Array.from({ length: options.further ?? 0 }, (_, index) =>
          row(
            operation,
            `further-${index}`,
            50,
            found("structure").map((one) => ({ ...one, operation }))
          )
        )
      ])
    ]
    const report: Contract.Report = {
      document: effective,
      client,
      seed: 7,
      runs: 50,
      rows,
      divergences: rows.flatMap(({ divergences }) => divergences),
      canaries: 3
    }
    return report
  }).pipe(Effect.scoped, Effect.provide(services), Effect.orDie)
