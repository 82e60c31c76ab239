/** A simulated workspace, in this process. */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { Simulator } from "@effect-intercom/simulator"
import * as Records from "@effect-intercom/simulator/Records"
import * as Client from "./Client.ts"
import * as Document from "../document/Document.ts"
import * as Exchange from "./Exchange.ts"

/** A simulated workspace the client under test can be sent to. */
export class SimulatedIntercom extends Context.Service<
  SimulatedIntercom,
  {
    readonly send: Exchange.Send
    /**
     * Ids of records there are now, for the parameters of an operation's path; those of which there is no record are left
     * out.
     */
    readonly ids: (operation: Client.ClientOperation) => Effect.Effect<{ readonly [parameter: string]: string }>
    /** Requests that meet records by what is in their query or body. */
    readonly meeting: (operation: Client.ClientOperation) => Effect.Effect<ReadonlyArray<Client.Request>>
    /** The records a listing holds now, in its order; `undefined` for a method that lists no kind of record as a whole. */
    readonly listed: (operation: Client.ClientOperation) => Effect.Effect<ReadonlyArray<unknown> | undefined>
  }
>()("@effect-intercom/contract-tests/SimulatedIntercom") {
  static readonly layer: Layer.Layer<SimulatedIntercom> = Layer.effect(
    this,
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const ids = ({ name, path }: Client.ClientOperation) =>
        Records.pathIds(simulator, partsOf(name)[0], Document.parametersIn(path))
      return SimulatedIntercom.of({
        send: Exchange.forward(yield* HttpClient.HttpClient, simulator.url),
        ids,
        meeting: ({ name }) =>
          Effect.map(
            Records.pathIds(simulator, "", ["admin_id", "contact_id", "content_import_source_id", "conversation_id"]),
            (ids) => requestsFor(ids)[name] ?? []
          ),
        listed: ({ name }) => {
          const kind = Records.listedBy(...partsOf(name))
          return kind === undefined
            ? Effect.succeed(undefined)
            : Effect.map(Stream.runCollect(simulator.records(kind)), (texts) =>
                texts.map((text) => JSON.parse(text) as unknown)
              )
        }
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

const partsOf = (name: string): readonly [resource: string, method: string] => {
  const [resource = "", method = ""] = name.split(".")
  return [resource, method]
}

/** What no declaration says: what in a query or body is to meet what. Whatever is not here is met by chance, or not. */
const requestsFor = ({
  admin_id: admin,
  contact_id: contact,
  content_import_source_id: source,
  conversation_id: conversation
}: {
  readonly [parameter: string]: string
}): { readonly [method: string]: ReadonlyArray<Client.Request> } => ({
  "Contacts.create": [{ payload: { email: "twice@example.com" } }, { payload: { email: "twice@example.com" } }],
  "Contacts.search": [
    { payload: { query: { field: "id", operator: "=", value: contact } } },
    { payload: { query: { field: "created_at", operator: ">", value: 0 }, pagination: { per_page: 150 } } }
  ],
  // A scroll there is already.
  "Companies.scroll": [{ query: {} }, { query: {} }],
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
        from: { type: "admin", id: admin },
        to: { type: "user", id: contact }
      }
    }
  ],
  "Articles.create": [{ payload: { title: "Hello", author_id: Number(admin) } }],
  "InternalArticles.create": [{ payload: { title: "Hello", author_id: Number(admin), owner_id: Number(admin) } }],
  "NewsItems.create": [{ payload: { title: "Hello", sender_id: Number(admin) } }],
  "ExternalPages.create": [
    { payload: { title: "Hello", html: "Hello", locale: "en", source_id: Number(source), external_id: "1" } }
  ],
  "Events.submit": [{ payload: { event_name: "ordered", created_at: 1_700_000_000, id: contact } }],
  "Events.list": [{ query: { intercom_user_id: contact } }]
})
