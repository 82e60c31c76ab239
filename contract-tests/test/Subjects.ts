/** Subjects for tests: the project's document, changed or not, and the project's client or another. */
import * as Document from "@effect-intercom/contract-tests/document/Document"
import { Resource } from "@effect-intercom/core"
import * as Client from "@effect-intercom/contract-tests/subject/Client"
import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import * as Coverage from "@effect-intercom/contract-tests/checks/Coverage"
import type { Divergence } from "@effect-intercom/contract-tests/report/Divergence"
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import type * as Exchange from "@effect-intercom/contract-tests/subject/Exchange"
import { Prism } from "@effect-intercom/contract-tests/traffic/Prism"
import { SimulatedIntercom } from "@effect-intercom/contract-tests/subject/SimulatedIntercom"
import { Subject } from "@effect-intercom/contract-tests/subject/Subject"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as JsonPatch from "effect/JsonPatch"
import * as Layer from "effect/Layer"

export const services = Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)

export const seed = Contract.defaultSeed

/** The project's own document with its overlays, read once. */
export const effective = Effect.runSync(
  Effect.cached(EffectiveDocument.load().pipe(Effect.provide(NodeServices.layer)))
)

/** Some operations, of every form there is: most tests need no others, however many there are. */
export const intercom = Client.only(Client.intercom, [
  "Contacts.list",
  "Contacts.create",
  "Contacts.get",
  "Contacts.search",
  "Companies.list",
  "Companies.scroll",
  "Companies.createOrUpdate",
  "Conversations.list",
  "Conversations.create",
  "Conversations.get",
  "Conversations.search",
  "Articles.list",
  "Articles.create",
  "Segments.list",
  "Admins.me",
  "Admins.list",
  "NewsItems.list",
  "NewsItems.create",
  "Tags.list",
  "Tags.get",
  "Teams.list",
  "Teams.get",
  "Events.submit",
  "Events.list",
  "Messages.create"
])

const keys = new Set(
  intercom.resources.flatMap(Resource.operations).map(({ method, path }) => Document.keyOf(method, path))
)

/** What is read of some resources. */
export const clientOf = (resources: Client.Resources) =>
  Client.make(resources).pipe(Effect.provide(Client.layer("https://api.intercom.io")))

/** The client of those operations. */
export const client = Effect.runSync(Effect.cached(clientOf(intercom)))

/** What the effective document says of them. */
const part = Effect.runSync(Effect.cached(Effect.map(effective, ({ document }) => Document.only(document, keys))))

/** The effective document of those operations, with changes. */
export const edited = (patch: JsonPatch.JsonPatch) => Effect.map(part, (document) => JsonPatch.apply(patch, document))

// Checks without traffic need no server.
const mocked = new Set(["requests", "boundaries", "mocked", "errors"])
const nowhere: Exchange.Send = () => Effect.die("nothing is to be sent")
const noPrism = Layer.succeed(Prism, { url: "", send: () => nowhere })
const noSimulator = Layer.succeed(SimulatedIntercom, {
  send: nowhere,
  ids: () => Effect.succeed({}),
  meeting: () => Effect.succeed([]),
  listed: () => Effect.succeed(undefined)
})

/** What some checks find in one operation of a changed document, or of another client; coverage of the whole comes first. */
export const find = (options: {
  readonly operation: string
  readonly checks: ReadonlyArray<string>
  readonly patch?: JsonPatch.JsonPatch
  readonly client?: Client.Resources
  readonly runs?: number
  /** All operations, not only those of these tests. */
  readonly whole?: boolean
}): Effect.Effect<ReadonlyArray<Divergence>> =>
  Effect.gen(function* () {
    const whole =
      options.whole === true ? Effect.map(effective, ({ document }) => document) : edited(options.patch ?? [])
    const document = yield* whole
    return yield* Effect.gen(function* () {
      const subject = yield* Subject
      const whole = Coverage.operations(subject)
      const pairs = subject.pairs.filter(({ operation }) => operation.name === options.operation)
      const found = yield* Effect.forEach(pairs, (pair) =>
        Effect.forEach(options.checks, (check) => Contract.checks[check]?.(subject, pair) ?? Effect.die(`no ${check}`))
      )
      return [...whole, ...found.flat().flatMap(({ divergences }) => divergences)]
    }).pipe(
      Effect.provideServiceEffect(
        Subject,
        Subject.make(
          document,
          { seed, runs: options.runs ?? 30 },
          options.whole === true ? Client.intercom : (options.client ?? intercom)
        )
      ),
      Effect.provide(options.checks.some((check) => mocked.has(check)) ? Prism.layer(document) : noPrism),
      Effect.provide(options.checks.includes("simulated") ? SimulatedIntercom.layer : noSimulator)
    )
  }).pipe(Effect.scoped, Effect.provide(services), Effect.orDie)
