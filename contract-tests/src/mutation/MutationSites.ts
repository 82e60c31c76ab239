/** The places of a document where it can be changed, and what each is used for. */
import * as Document from "../document/Document.ts"
import * as JsonNode from "../schema/JsonNode.ts"

/** What a schema describes: what is sent, what comes back, a failure, or a header of an answer. */
export type Use = "parameter" | "request" | "response" | "error" | "header"

/** From a schema to one inside it. */
export type Step =
  | { readonly _tag: "property"; readonly name: string }
  | { readonly _tag: "item" }
  | { readonly _tag: "further" }
  | {
      readonly _tag: "part"
      readonly of: "allOf" | "anyOf" | "oneOf"
      readonly index: number
      readonly others: ReadonlyArray<JsonNode.Node>
    }

/** How an operation gets to a schema. */
export interface Chain {
  readonly operation: Document.Operation
  readonly use: Use
  /** Of a response. */
  readonly status: string | undefined
  /** The schema the steps begin at. */
  readonly from: JsonNode.Node
  readonly steps: ReadonlyArray<Step>
}

/** A schema that is used, by where it is written. */
export interface Site {
  readonly pointer: string
  readonly node: JsonNode.Node
  readonly chains: ReadonlyArray<Chain>
  readonly uses: ReadonlySet<Use>
}

const combinators = ["allOf", "anyOf", "oneOf"] as const

const inside = (node: JsonNode.Node): ReadonlyArray<readonly [Step, JsonNode.Node]> => {
  const properties = JsonNode.child(node, "properties")
  const items = JsonNode.child(node, "items")
  const further = JsonNode.child(node, "additionalProperties")
  return [
    ...(properties === undefined ? [] : JsonNode.children(properties)).map(
      ([name, child]) => [{ _tag: "property", name }, child] as const
    ),
    ...(items === undefined ? [] : [[{ _tag: "item" }, items] as const]),
    ...(further === undefined ? [] : [[{ _tag: "further" }, further] as const]),
    ...combinators.flatMap((of) => {
      const parts = JsonNode.child(node, of)
      const all = parts === undefined ? [] : JsonNode.children(parts)
      return all.map(([index, part]) => {
        const others = all.filter(([other]) => other !== index).map(([, other]) => other)
        return [{ _tag: "part", of, index: Number(index), others }, part] as const
      })
    })
  ]
}

const starts = (operation: Document.Operation): ReadonlyArray<Chain> => [
  ...operation.parameters.flatMap(({ schema }) =>
    schema === undefined ? [] : [{ operation, use: "parameter" as const, status: undefined, from: schema, steps: [] }]
  ),
  ...[...(operation.body?.content.values() ?? [])].flatMap((schema) =>
    schema === undefined ? [] : [{ operation, use: "request" as const, status: undefined, from: schema, steps: [] }]
  ),
  ...operation.responses.flatMap((response) => [
    ...[...response.content.values()].flatMap((schema) =>
      schema === undefined
        ? []
        : [
            {
              operation,
              use: Document.isSuccess(response) ? ("response" as const) : ("error" as const),
              status: response.status,
              from: schema,
              steps: []
            }
          ]
    ),
    ...headersOf(response.node).flatMap((schema) =>
      schema === undefined
        ? []
        : [{ operation, use: "header" as const, status: response.status, from: schema, steps: [] }]
    )
  ])
]

const headersOf = (response: JsonNode.Node): ReadonlyArray<JsonNode.Node | undefined> => {
  const headers = JsonNode.child(response, "headers")
  return (headers === undefined ? [] : JsonNode.children(headers)).map(([, header]) =>
    JsonNode.follow(header, "schema")
  )
}

/** The schemas the operations of a document use, `$ref`s followed, each once. */
export const schemas = ({ operations }: Document.Document): ReadonlyArray<Site> => {
  const sites = new Map<string, { node: JsonNode.Node; chains: Array<Chain>; uses: Set<Use> }>()
  const visit = (reference: JsonNode.Node, chain: Chain): void => {
    const node = JsonNode.resolve(reference)
    if (node === undefined) return
    const site = sites.get(node.pointer) ?? { node, chains: [], uses: new Set<Use>() }
    sites.set(node.pointer, site)
    const visited = site.chains.some(({ operation, use }) => operation === chain.operation && use === chain.use)
    site.chains.push(chain)
    site.uses.add(chain.use)
    // Below, one way from each operation is enough: schemas may contain themselves.
    if (visited) return
    for (const [step, child] of inside(node)) visit(child, { ...chain, steps: [...chain.steps, step] })
  }
  for (const chain of operations.flatMap(starts)) visit(chain.from, chain)
  return [...sites].map(([pointer, site]) => ({ pointer, ...site }))
}
