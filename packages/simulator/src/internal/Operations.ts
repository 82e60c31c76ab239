/** Which operation a request is for. */
import { operations } from "@effect-intercom/core"

const escape = (text: string) => text.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&")

const patterns = operations
  .map(({ method, name, path }) => ({
    method,
    name,
    pattern: new RegExp(`^${escape(path).replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    parameters: path.split("{").length - 1
  }))
  // `/companies/scroll` is no `/companies/{id}`.
  .toSorted((a, b) => a.parameters - b.parameters)

/** Its name, such as `Contacts.search`; `undefined` when there is none. */
export const nameOf = (method: string, path: string): string | undefined =>
  patterns.find((operation) => operation.method === method && operation.pattern.test(path))?.name
