/** Declarations of endpoints that compile, and could not work. */
import * as HttpMethod from "effect/http/HttpMethod"
import type * as Endpoint from "../Endpoint.ts"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

// Every client asks, about the same endpoints.
const flaws = new WeakMap<Endpoint.Top, string | null>()

/** What is wrong with the declaration of an endpoint; `undefined` when nothing is. */
export const flawOf = (endpoint: Endpoint.Top): string | undefined => {
  const known = flaws.get(endpoint)
  if (known !== undefined) return known ?? undefined
  const flaw = find(endpoint)
  flaws.set(endpoint, flaw ?? null)
  return flaw
}

const find = ({ body, method, params, path, payload, success }: Endpoint.Top): string | undefined => {
  if (success !== undefined && isJson(body) && transforms(Schema.toCodecJson(success).ast, new Set())) {
    return (
      "its success schema transforms what the API answers (a Date, a NumberFromString, a class, a default, …), but " +
      "answers are checked and handed over as they came: declare what is on the wire, and transform the value a call gives"
    )
  }
  if (payload !== undefined && !HttpMethod.hasBody(method)) {
    return `a ${method} has no body: its payload would not be sent`
  }
  const missing = namesIn(path).find((name) => !Object.hasOwn(params, name))
  return missing === undefined ? undefined : `its path has :${missing}, its params have no ${missing}`
}

const isJson = (body: Endpoint.Body): boolean => body === "json" || body === "optional"

/** The parameters of a path, in their order. */
export const namesIn = (path: string): ReadonlyArray<string> =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name)

/** Whether decoding a value of JSON could give another value. */
const transforms = (ast: SchemaAST.AST, seen: Set<SchemaAST.AST>): boolean => {
  if (seen.has(ast)) return false
  seen.add(ast)
  if (ast.encoding !== undefined && !isJsonAlready(ast)) return true
  return partsOf(ast).some((part) => transforms(part, seen))
}

/** Types that are linked to JSON: the values of them that JSON has stand there as they are. */
const isJsonAlready = (ast: SchemaAST.AST): boolean => {
  switch (ast._tag) {
    case "Any":
    case "Unknown":
    case "ObjectKeyword":
    case "Undefined":
    case "Void":
    case "Never":
      return true
    case "Number": {
      const encoded = SchemaAST.toEncoded(ast)
      return encoded._tag === "Union" && encoded.types.some(({ _tag }) => _tag === "Number")
    }
    default:
      return false
  }
}

const partsOf = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> => {
  switch (ast._tag) {
    case "Objects":
      return [...ast.propertySignatures.map(({ type }) => type), ...ast.indexSignatures.map(({ type }) => type)]
    case "Arrays":
      return [...ast.elements, ...ast.rest]
    case "Union":
      return ast.types
    case "Suspend":
      return [ast.thunk()]
    default:
      return []
  }
}
