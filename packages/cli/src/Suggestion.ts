/** What someone may have meant who named a resource that does not exist. */
import * as Resource from "@effect-intercom/export/Resource"

/** Other words for the same. */
const synonyms: { readonly [word: string]: Resource.ResourceName } = {
  accounts: "companies",
  chats: "conversations",
  customers: "contacts",
  faq: "articles",
  groups: "segments",
  labels: "tags",
  leads: "contacts",
  messages: "conversations",
  people: "contacts",
  teammates: "admins",
  types: "ticketTypes",
  users: "contacts"
}

const common = (a: string, b: string): number => {
  const differs = [...a].findIndex((letter, index) => letter !== b[index])
  return differs === -1 ? a.length : differs
}

/** The resource that starts most like the word. */
const nearest = (word: string): string | undefined => {
  const [best] = Resource.everything.toSorted((a, b) => common(word, b) - common(word, a))
  return best !== undefined && common(word, best) >= 3 ? best : undefined
}

/** `. Did you mean contacts?`, or nothing. */
export const of = (word: string): string => {
  const lower = word.toLowerCase()
  const meant = synonyms[lower] ?? synonyms[`${lower}s`] ?? nearest(lower)
  return meant === undefined ? "" : `. Did you mean ${meant}?`
}
