/** For Stryker: texts that only types and keys are made of. Another text changes nothing a program could see. */

/** What is read of a place in the syntax tree. */
interface Place {
  readonly node: Node
  readonly parent?: Node
}

export interface Node {
  readonly type: string
  readonly name?: string
  readonly callee?: Node
  readonly object?: Node
  readonly property?: Node
  readonly arguments?: ReadonlyArray<Node>
}

/** Who takes such a text as its first argument, or as any. */
const reasons: { readonly [callee: string]: string } = {
  openEnum: "a value the type suggests: any text is accepted",
  "HttpApi.make": "the name of the whole, shown nowhere",
  "Schema.brand": "the name of a brand, for the type alone",
  "Id.text": "the name of a brand, for the type alone",
  "Id.digits": "the name of a brand, for the type alone",
  "Id.any": "the name of a brand, for the type alone",
  "Schema.Error": "the name of a class of wire errors, in no body",
  "Schema.tagDefaultOmit": "a tag that is left out of the body",
  "Context.Reference": "a key: any text will do that no other has",
  "Context.Service": "a key: any text will do that no other has",
  withClient: "a key: any text will do that no other has",
  "HttpApiMiddleware.Service": "a key: any text will do that no other has"
}

/** `f`, `M.f`, and either where its result is called. */
const nameOf = (node: Node | undefined): string | undefined => {
  if (node?.type === "CallExpression") return nameOf(node.callee)
  if (node?.type === "MemberExpression") return `${node.object?.name}.${node.property?.name}`
  return node?.name
}

/** Why a text is not mutated. */
export const shouldIgnore = ({ node, parent }: Place): string | undefined =>
  node.type === "StringLiteral" && parent?.type === "CallExpression" && parent.arguments?.includes(node) === true
    ? reasons[nameOf(parent.callee) ?? ""]
    : undefined

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [{ kind: "Ignore", name: "names", value: { shouldIgnore } }]
