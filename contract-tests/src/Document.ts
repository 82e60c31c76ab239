/** The operations of an OpenAPI document, with the nodes that describe them. */
import * as Node from "./Node.ts"

export interface Parameter {
  readonly name: string
  readonly in: "path" | "query" | "header" | "cookie"
  readonly required: boolean
  /** The parameter object. */
  readonly node: Node.Node
  readonly schema: Node.Node | undefined
}

export interface Body {
  readonly required: boolean
  readonly node: Node.Node
  /** Schemas by media type. */
  readonly content: ReadonlyMap<string, Node.Node | undefined>
}

export interface Response {
  /** `200`, `5XX`, `default`. */
  readonly status: string
  readonly node: Node.Node
  readonly content: ReadonlyMap<string, Node.Node | undefined>
}

export interface Operation {
  /** Method and path as the document writes them, `GET /contacts/{contact_id}`. */
  readonly name: string
  /** The same without the names of parameters: what operations of two documents are matched by. */
  readonly key: string
  readonly method: string
  readonly path: string
  readonly operationId: string | undefined
  readonly node: Node.Node
  readonly parameters: ReadonlyArray<Parameter>
  readonly body: Body | undefined
  readonly responses: ReadonlyArray<Response>
  /** Whether a bearer token is asked for. */
  readonly secured: boolean
}

export interface Document {
  readonly root: Node.Node
  readonly operations: ReadonlyArray<Operation>
  /** The first server, without a trailing slash. */
  readonly server: string
  readonly version: string | undefined
}

const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"])

/** What operations are matched by: documents may name the same parameter differently. */
export const keyOf = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, "{}")}`

const text = (node: Node.Node | undefined): string | undefined =>
  typeof node?.value === "string" ? node.value : undefined

const contentOf = (node: Node.Node): Body["content"] => {
  const content = Node.child(node, "content")
  return new Map(
    content === undefined ? [] : Node.children(content).map(([type, media]) => [type, Node.child(media, "schema")])
  )
}

const parametersOf = (node: Node.Node): ReadonlyArray<Parameter> => {
  const list = Node.child(node, "parameters")
  return (list === undefined ? [] : Node.children(list)).flatMap(([, reference]) => {
    const parameter = Node.resolve(reference)
    const place = parameter && text(Node.child(parameter, "in"))
    const name = parameter && text(Node.child(parameter, "name"))
    if (parameter === undefined || name === undefined) return []
    if (place !== "path" && place !== "query" && place !== "header" && place !== "cookie") return []
    return [
      {
        name,
        in: place,
        required: Node.child(parameter, "required")?.value === true,
        node: parameter,
        schema: Node.child(parameter, "schema")
      }
    ]
  })
}

/** Whether every way to authorise has a bearer token in it. */
const isSecured = (root: Node.Node, operation: Node.Node): boolean => {
  const security = Node.child(operation, "security") ?? Node.child(root, "security")
  const requirements = security === undefined ? [] : Node.children(security)
  return (
    requirements.length > 0 &&
    requirements.every(([, requirement]) =>
      Object.keys(Node.record(requirement)).some((scheme) => {
        const declared = Node.follow(root, "components", "securitySchemes", scheme)
        return declared !== undefined && text(Node.child(declared, "scheme"))?.toLowerCase() === "bearer"
      })
    )
  )
}

const operationOf = (root: Node.Node, path: string, item: Node.Node, method: string, node: Node.Node): Operation => {
  const own = parametersOf(node)
  const inherited = parametersOf(item).filter(
    (parameter) => !own.some(({ in: place, name }) => name === parameter.name && place === parameter.in)
  )
  const body = Node.follow(node, "requestBody")
  const responses = Node.child(node, "responses")
  return {
    name: `${method.toUpperCase()} ${path}`,
    key: keyOf(method, path),
    method: method.toUpperCase(),
    path,
    operationId: text(Node.child(node, "operationId")),
    node,
    parameters: [...inherited, ...own],
    body: body && { required: Node.child(body, "required")?.value === true, node: body, content: contentOf(body) },
    responses: (responses === undefined ? [] : Node.children(responses)).flatMap(([status, reference]) => {
      const response = Node.resolve(reference)
      return response === undefined ? [] : [{ status, node: response, content: contentOf(response) }]
    }),
    secured: isSecured(root, node)
  }
}

/** Reads the operations of a parsed document. */
export const make = (document: Node.Node["value"]): Document => {
  const root = Node.make(document)
  const paths = Node.child(root, "paths")
  return {
    root,
    operations: (paths === undefined ? [] : Node.children(paths)).flatMap(([path, reference]) => {
      const item = Node.resolve(reference)
      if (item === undefined) return []
      return Node.children(item).flatMap(([method, node]) =>
        methods.has(method) ? [operationOf(root, path, item, method, node)] : []
      )
    }),
    server: (text(Node.follow(root, "servers", 0, "url")) ?? "https://api.intercom.io").replace(/\/$/, ""),
    version: text(Node.follow(root, "info", "version"))
  }
}

/** Whether a declared status covers one: `5XX` covers 503, `default` all that no other covers. */
export const covers = (declared: string, status: number): boolean =>
  declared === String(status) || declared.toUpperCase() === `${Math.floor(status / 100)}XX`

/** The response an operation declares for a status. */
export const responseFor = (operation: Operation, status: number): Response | undefined =>
  operation.responses.find((response) => response.status === String(status)) ??
  operation.responses.find((response) => covers(response.status, status)) ??
  operation.responses.find((response) => response.status === "default")

/** Whether a status is one of success. */
export const isSuccess = ({ status }: Response): boolean => status.startsWith("2")

/** The schema of a response's JSON. */
export const jsonOf = (content: Body["content"]): Node.Node | undefined =>
  [...content].find(([type]) => /^application\/(.*\+)?json\b/i.test(type))?.[1]
