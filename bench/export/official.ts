/** What users of the official SDK write: its iterators, a request after the other, and a stream of lines. */
import { IntercomClient } from "intercom-client"
import { perPage } from "../internal/Contacts.ts"
import { measure } from "./Exporter.ts"
import * as Lines from "./Lines.ts"

await measure(async (job) => {
  const client = new IntercomClient({ token: "bench", baseUrl: job.baseUrl })
  const lines = Lines.open(job)
  if (job.resource === "contacts") {
    for await (const contact of await client.contacts.list({ per_page: perPage })) await lines.write(contact)
  } else {
    for await (const { id } of await client.conversations.list({ per_page: perPage })) {
      await lines.write(await client.conversations.find({ conversation_id: id }))
    }
  }
  await lines.close()
})
