// Keeps a help center in step with articles of your own: created where they are new, updated where they changed, each by a
// key of yours. Intercom has no such key, so the ids are kept in a folder.
import { ArticleId, CollectionId, Intercom, type IntercomError } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Config, Console, Effect, Layer } from "effect"
import { KeyValueStore } from "effect/persistence"

/** An article as you have it. */
interface Page {
  readonly key: string
  readonly title: string
  readonly body: string
  readonly german: { readonly title: string; readonly body: string }
}

/** What `update` changes if the key is known and still there; otherwise what `create` makes, whose id is kept. */
const byKey = Effect.fn("byKey")(function* <A extends { readonly id: string }, E, R>(
  key: string,
  create: Effect.Effect<A, E, R>,
  update: (id: string) => Effect.Effect<A | undefined, E, R>
) {
  const store = yield* KeyValueStore.KeyValueStore
  const known = yield* store.get(key)
  const updated = known === undefined ? undefined : yield* update(known)
  if (updated !== undefined) return { record: updated, created: false }
  const record = yield* create
  yield* store.set(key, record.id)
  return { record, created: true }
})

const sync = Effect.fn("sync")(function* (collection: string, pages: ReadonlyArray<Page>) {
  const { admins, articles, collections } = yield* Intercom
  const { id: author_id } = yield* admins.me()
  const { record } = yield* byKey(`collection-${collection}`, collections.create({ name: collection }), (id) =>
    collections.update(CollectionId.make(id), { name: collection }).pipe(gone)
  )
  const parent = { parent_type: "collection" as const, parent_id: record.id }
  return yield* Effect.forEach(
    pages,
    ({ body, german, key, title }) => {
      const content = { title, body, state: "published" as const, translated_content: { de: { ...german, author_id } } }
      return byKey(`article-${key}`, articles.create({ ...content, ...parent, author_id }), (id) =>
        articles.update(ArticleId.make(id), { ...content, ...parent }).pipe(gone)
      )
    },
    { concurrency: 4 }
  )
})

/** Nothing, where somebody deleted it in Intercom. */
const gone = <A>(update: Effect.Effect<A, IntercomError>): Effect.Effect<A | undefined, IntercomError> =>
  update.pipe(Effect.catchReason("IntercomError", "NotFound", () => Effect.succeed(undefined)))

const pages: ReadonlyArray<Page> = [
  {
    key: "billing",
    title: "Billing",
    body: "<p>How we bill.</p>",
    german: { title: "Abrechnung", body: "<p>Wie wir abrechnen.</p>" }
  },
  {
    key: "login",
    title: "Signing in",
    body: "<p>How to sign in.</p>",
    german: { title: "Anmelden", body: "<p>Wie man sich anmeldet.</p>" }
  }
]

const program = Effect.gen(function* () {
  const done = yield* sync("Getting started", pages)
  const created = done.filter(({ created }) => created).length
  yield* Console.log(`${created} created, ${done.length - created} updated`)
})

const Ids = Layer.unwrap(
  Effect.map(Config.String("IDS").pipe(Config.withDefault("help-center-ids")), KeyValueStore.layerFileSystem)
)

program.pipe(
  Effect.provide([Ids, Intercom.layerEnv]),
  Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer]),
  NodeRuntime.runMain
)
