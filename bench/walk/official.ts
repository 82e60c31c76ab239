/** The official SDK's iterator, at its defaults. It validates nothing. */
import { IntercomClient } from "intercom-client"
import { perPage } from "../internal/Contacts.ts"
import { measure } from "./Walk.ts"

await measure(async (baseUrl, tally) => {
  const client = new IntercomClient({ token: "bench", baseUrl })
  for await (const { id } of await client.contacts.list({ per_page: perPage })) tally.add(id)
})
