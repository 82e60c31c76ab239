/** The least a walk can cost: undici, JSON.parse, a loop. Nothing checked, no retry, no limit, no page ahead. */
import { Agent, request } from "undici"
import { perPage } from "../internal/Contacts.ts"
import { measure } from "./Walk.ts"

interface Body {
  readonly data: ReadonlyArray<{ readonly id: string }>
  readonly pages: { readonly next?: { readonly starting_after: string } }
}

await measure(async (baseUrl, tally) => {
  const dispatcher = new Agent()
  const headers = { accept: "application/json", authorization: "Bearer bench", "intercom-version": "2.15" }
  let query = `per_page=${perPage}`
  while (true) {
    const { body } = await request(`${baseUrl}/contacts?${query}`, { dispatcher, headers })
    const page = JSON.parse(await body.text()) as Body
    for (const { id } of page.data) tally.add(id)
    if (page.pages.next === undefined) break
    query = `per_page=${perPage}&starting_after=${page.pages.next.starting_after}`
  }
  await dispatcher.close()
})
