/** The official SDK with several conversations asked for at once, as a careful user would write it. */
import { IntercomClient } from "intercom-client"
import { perPage } from "../internal/Contacts.ts"
import { measure } from "./Exporter.ts"
import * as Lines from "./Lines.ts"

await measure(async (job) => {
  const client = new IntercomClient({ token: "bench", baseUrl: job.baseUrl })
  const lines = Lines.open(job)
  const listed = (await client.conversations.list({ per_page: perPage }))[Symbol.asyncIterator]()
  const worker = async (): Promise<void> => {
    for (let next = await listed.next(); next.done !== true; next = await listed.next()) {
      await lines.write(await client.conversations.find({ conversation_id: next.value.id }))
    }
  }
  await Promise.all(Array.from({ length: job.concurrency }, worker))
  await lines.close()
})
