// A new user signs up: the contact and its company, created or updated, tagged, with a note. Run it again for the same user:
// there is one contact all the same.
import { Intercom } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, Effect } from "effect"

interface User {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly company: { readonly id: string; readonly name: string; readonly plan: string }
}

const signUp = Effect.fn("signUp")(function* ({ company, email, id, name }: User) {
  const { companies, contacts, tags } = yield* Intercom
  const [{ contact, created }, attached, tag] = yield* Effect.all(
    [
      contacts.upsert({ role: "user", external_id: id, email, name }),
      companies.createOrUpdate({ company_id: company.id, name: company.name, plan: company.plan }),
      tags.createOrUpdate({ name: "Signed up" })
    ],
    { concurrency: "unbounded" }
  )
  yield* contacts.attachCompany(contact.id, { id: attached.id })
  yield* contacts.attachTag(contact.id, { id: tag.id })
  // A note, unlike the rest, would be there twice.
  if (created) yield* contacts.createNote(contact.id, { body: `Signed up for ${company.plan}.` })
  return contact
})

const program = Effect.gen(function* () {
  const { contacts } = yield* Intercom
  const ada = {
    id: "user-1",
    email: "ada@example.com",
    name: "Ada",
    company: { id: "acme", name: "Acme", plan: "pro" }
  }
  const { id } = yield* signUp(ada)
  const again = yield* signUp({ ...ada, name: "Ada Lovelace" })
  const { companies, name, notes, tags } = yield* contacts.get(id)
  yield* Console.log(again.id === id ? "one contact" : "two contacts")
  yield* Console.log(`${name}: ${companies?.total_count} company, ${tags?.total_count} tag, ${notes?.total_count} note`)
}).pipe(
  // The email is that of one contact, and the id that of another.
  Effect.catchTag("Ambiguous", ({ message }) => Console.error(message))
)

program.pipe(Effect.provide(Intercom.layerEnv), Effect.provide(NodeHttpClient.layerUndici), NodeRuntime.runMain)
