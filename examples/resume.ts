// Walk the contacts in portions: the cursor of a page is a string, so it can wait in a file or a database.
import { Contacts, IntercomHttp, type Pagination } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Stream } from "effect"

/** Reads three pages from where the last call stopped, and returns where it stopped itself. */
const portion = Effect.fn("portion")(function* (from: Pagination.Cursor | undefined) {
  const contacts = yield* Contacts
  const pages = yield* contacts.list
    .pages({ per_page: 100 }, { from, onInvalid: ({ error }) => Console.error(error.message) })
    .pipe(Stream.take(3), Stream.runCollect)
  yield* Console.log(`${pages.reduce((sum, page) => sum + page.items.length, 0)} contacts`)
  return pages.at(-1)?.cursor
})

const program = Effect.gen(function* () {
  const stopped = yield* portion(undefined)
  yield* portion(stopped)
})

const ContactsLive = Contacts.layer.pipe(
  Layer.provide(IntercomHttp.layerEnv),
  Layer.provide(NodeHttpClient.layerUndici)
)

program.pipe(Effect.provide(ContactsLive), NodeRuntime.runMain)
