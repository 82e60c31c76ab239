/**
 * The least an export can cost at the same concurrency: undici, JSON.parse, lines. Nothing checked, no retry, no order, no
 * checkpoint; it knows when the records are from, and cuts that time into even windows.
 */
import { Agent, request } from "undici"
import { perPage } from "../internal/Contacts.ts"
import { measure } from "./Exporter.ts"
import * as Lines from "./Lines.ts"
import { newest, oldest } from "./Workspace.ts"

interface Body {
  readonly data?: ReadonlyArray<unknown>
  readonly conversations?: ReadonlyArray<{ readonly id: string }>
  readonly pages: { readonly next?: { readonly starting_after: string } }
}

const windows = 120
const headers = {
  accept: "application/json",
  authorization: "Bearer bench",
  "content-type": "application/json",
  "intercom-version": "2.15"
}

await measure(async (job) => {
  const dispatcher = new Agent()
  const lines = Lines.open(job)

  const ask = async (path: string, payload?: unknown): Promise<unknown> => {
    const { body } = await request(`${job.baseUrl}${path}`, {
      dispatcher,
      headers,
      ...(payload === undefined ? undefined : { method: "POST", body: JSON.stringify(payload) })
    })
    return JSON.parse(await body.text())
  }

  const field = "created_at"
  const walk = async (after: number, until: number): Promise<void> => {
    let starting_after: string | undefined
    do {
      const { data, pages } = (await ask("/contacts/search", {
        query: {
          operator: "OR",
          value: [
            {
              operator: "AND",
              value: [
                { field, operator: ">", value: after },
                { field, operator: "<", value: until }
              ]
            },
            { field, operator: "=", value: until }
          ]
        },
        sort: { field, order: "ascending" },
        pagination: { per_page: perPage, starting_after }
      })) as Body
      for (const contact of data ?? []) await lines.write(contact)
      starting_after = pages.next?.starting_after
    } while (starting_after !== undefined)
  }

  const workers = (worker: () => Promise<void>) => Promise.all(Array.from({ length: job.concurrency }, worker))

  if (job.resource === "contacts") {
    const step = Math.ceil((newest - oldest + 2 * 86_400) / windows)
    let next = oldest - 86_400
    await workers(async () => {
      while (next < newest) {
        const after = next
        next += step
        await walk(after, next)
      }
    })
  } else {
    let ids: Array<string> = []
    let query = ""
    let page: Promise<void> | undefined
    const list = async (): Promise<void> => {
      const { conversations, pages } = (await ask(`/conversations?per_page=${perPage}${query}`)) as Body
      ids.push(...(conversations ?? []).map(({ id }) => id))
      page = undefined
      if (pages.next === undefined) query = "none"
      else query = `&starting_after=${pages.next.starting_after}`
    }
    await workers(async () => {
      while (true) {
        if (ids.length < perPage && query !== "none") page ??= list()
        const id = ids.shift()
        if (id !== undefined) await lines.write(await ask(`/conversations/${id}`))
        else if (page !== undefined) await page
        else break
      }
    })
  }
  await lines.close()
  await dispatcher.close()
})
