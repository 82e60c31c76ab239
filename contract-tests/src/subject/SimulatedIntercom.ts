/** A simulated workspace, in this process. */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { type Resource, Simulator } from "@effect-intercom/simulator"
import * as Client from "./Client.ts"
import * as Exchange from "./Exchange.ts"
import * as JsonNode from "../schema/JsonNode.ts"

/** A simulated workspace the client under test can be sent to. */
export class SimulatedIntercom extends Context.Service<
  SimulatedIntercom,
  {
    readonly send: Exchange.Send
    /** Requests that meet records that exist, by the client's methods. */
    readonly known: { readonly [method: string]: ReadonlyArray<Client.Request> }
    /** The records a listing holds now, in its order; `undefined` for a method that lists none. */
    readonly listed: (method: string) => Effect.Effect<ReadonlyArray<unknown> | undefined>
  }
>()("@effect-intercom/contract-tests/SimulatedIntercom") {
  static readonly layer: Layer.Layer<SimulatedIntercom> = Layer.effect(
    this,
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const idOf = (resource: "contacts" | "conversations" | "tags" | "teams") =>
        Stream.runHead(simulator.records(resource)).pipe(
          Effect.flatMap(Effect.fromOption),
          Effect.map((text) => String(JsonNode.record(JsonNode.make(JSON.parse(text)))["id"])),
          Effect.orDie
        )
      return SimulatedIntercom.of({
        send: Exchange.forward(yield* HttpClient.HttpClient, simulator.url),
        listed: (method) => {
          const resource = resources[method]
          return resource === undefined
            ? Effect.succeed(undefined)
            : Effect.map(Stream.runCollect(simulator.records(resource)), (texts) =>
                texts.map((text) => JSON.parse(text) as unknown)
              )
        },
        known: requestsFor(
          yield* idOf("contacts"),
          yield* idOf("conversations"),
          yield* idOf("tags"),
          yield* idOf("teams")
        )
      })
    })
  ).pipe(
    Layer.provide(
      Simulator.layerClient({
        token: Redacted.make(Client.token),
        rateLimit: { limit: 1_000_000_000, window: Duration.hours(1) }
      })
    )
  )
}

const resources: { readonly [method: string]: Resource | undefined } = {
  "Admins.list": "admins",
  "Articles.list": "articles",
  "Companies.list": "companies",
  "Contacts.list": "contacts",
  "Conversations.list": "conversations",
  "NewsItems.list": "newsItems",
  "Segments.list": "segments",
  "Tags.list": "tags",
  "Teams.list": "teams"
}

const requestsFor = (
  contact: string,
  conversation: string,
  tag: string,
  team: string
): SimulatedIntercom["Service"]["known"] => ({
  "Contacts.list": [{ query: {} }, { query: { per_page: 150 } }],
  "Contacts.get": [{ params: { contact_id: contact } }],
  "Contacts.create": [{ payload: { email: "twice@example.com" } }, { payload: { email: "twice@example.com" } }],
  "Contacts.search": [
    { payload: { query: { field: "id", operator: "=", value: contact } } },
    { payload: { query: { field: "created_at", operator: ">", value: 0 }, pagination: { per_page: 150 } } }
  ],
  "Companies.scroll": [{ query: {} }, { query: {} }],
  "Companies.list": [{ query: {} }, { query: { page: 2 } }],
  "Conversations.list": [{ query: {} }, { query: { per_page: 50 } }],
  "Conversations.get": [{ params: { conversation_id: conversation }, query: {} }],
  "Conversations.search": [
    { payload: { query: { field: "id", operator: "=", value: conversation } } },
    {
      payload: {
        query: { field: "updated_at", operator: ">", value: 0 },
        sort: { field: "updated_at", order: "ascending" },
        pagination: { per_page: 150 }
      }
    }
  ],
  "Conversations.create": [{ payload: { from: { type: "user", id: contact }, body: "Hello" } }],
  "Messages.create": [
    {
      payload: {
        message_type: "inapp",
        body: "Hi",
        from: { type: "admin", id: "1" },
        to: { type: "user", id: contact }
      }
    }
  ],
  "Events.submit": [{ payload: { event_name: "ordered", created_at: 1_700_000_000, id: contact } }],
  "Events.list": [{ query: { intercom_user_id: contact } }],
  "Tags.get": [{ params: { tag_id: tag } }],
  "Teams.get": [{ params: { team_id: team } }]
})
