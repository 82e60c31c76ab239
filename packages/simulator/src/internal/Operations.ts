/** Which operation a request is for. */
import { Resource } from "@effect-intercom/core"

const escape = (text: string) => text.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&")

/** Finds the operation of a method and a path; `undefined` when there is none. */
export type Find = (method: string, path: string) => Resource.ResourceOperation | undefined

export const finder = (resources: ReadonlyArray<Resource.Declared>): Find => {
  const patterns = resources
    .flatMap(Resource.operations)
    .map((operation) => ({
      operation,
      pattern: new RegExp(`^${escape(operation.path).replaceAll(/\{\w+\}/g, "[^/]+")}$`),
      parameters: operation.path.split("{").length - 1
    }))
    // `/companies/scroll` is no `/companies/{id}`.
    .toSorted((a, b) => a.parameters - b.parameters)
  return (method, path) =>
    patterns.find(({ operation, pattern }) => operation.method === method && pattern.test(path))?.operation
}
