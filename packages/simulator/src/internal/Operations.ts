/** Which operation a request is for. */
import { Resource } from "@effect-intercom/core"
import * as Result from "effect/Result"
import * as Alternatives from "./Alternatives.ts"

const escape = (text: string) => text.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&")

/** Finds the operation of a method, a path, and a body where there are alternatives; `undefined` when there is none. */
export type Find = (method: string, path: string, body: unknown) => Resource.ResourceOperation | undefined

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
  return (method, path, body) => {
    const found = patterns.filter(({ operation, pattern }) => operation.method === method && pattern.test(path))
    const [first, ...others] = found.map(({ operation }) => operation)
    if (first === undefined) return undefined
    const { alternativeOf } = first.endpoint
    if (alternativeOf === undefined) return first
    const alternatives = others.filter(({ endpoint }) => endpoint.alternativeOf === alternativeOf)
    return Result.match(Alternatives.choose<Resource.ResourceOperation>([first, ...alternatives], body), {
      onFailure: () => first,
      onSuccess: ({ alternative }) => alternative
    })
  }
}
