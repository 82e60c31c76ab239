/** The operations of an OpenAPI document, with the nodes that describe them. */
import { IntercomConfig } from "@effect-intercom/core"
import * as OpenApiVisitor from "../schema/OpenApiVisitor.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"

export interface Parameter {
  readonly name: string
  readonly in: "path" | "query" | "header" | "cookie"
  readonly required: boolean
  /** The parameter object. */
  readonly node: JsonNode.Node
  readonly schema: JsonNode.Node | undefined
  /** The parameter of the document this is a property of, where an object is sent as several parameters. */
  readonly part?: { readonly of: string; readonly required: boolean }
}

export interface Body {
  readonly required: boolean
  readonly node: JsonNode.Node
  /** Schemas by media type. */
  readonly content: ReadonlyMap<string, JsonNode.Node | undefined>
}

export interface Response {
  /** `200`, `5XX`, `default`. */
  readonly status: string
  readonly node: JsonNode.Node
  readonly content: ReadonlyMap<string, JsonNode.Node | undefined>
}

export interface Operation {
  /** Method and path as the document writes them, `GET /contacts/{contact_id}`. */
  readonly name: string
  /** The same without the names of parameters: what operations of two documents are matched by. */
  readonly key: string
  readonly method: string
  readonly path: string
  readonly operationId: string | undefined
  readonly node: JsonNode.Node
  readonly parameters: ReadonlyArray<Parameter>
  readonly body: Body | undefined
  readonly responses: ReadonlyArray<Response>
  /** Whether a bearer token is asked for. */
  readonly secured: boolean
  /** The ways to authorise, one of which is enough; none when none is asked for. */
  readonly security: ReadonlyArray<Requirement>
}

export interface Document {
  readonly root: JsonNode.Node
  readonly operations: ReadonlyArray<Operation>
  /** Where requests are meant to go: the origin of the first server; Intercom's own when none is absolute. */
  readonly server: string
  readonly version: string | undefined
}

const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"])

/** What operations are matched by: documents may name the same parameter differently. */
export const keyOf = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, "{}")}`

const text = (node: JsonNode.Node | undefined): string | undefined =>
  typeof node?.value === "string" ? node.value : undefined

/** Parameters of a media type that JSON has anyway. */
const idle = /^charset=(utf-?8|us-ascii)$/

/** A media type in lower case: without what goes without saying, such as `charset=utf-8`. */
export const mediaType = (type: string): string => {
  const [essence = "", ...parameters] = type.split(";").map((part) => part.trim().toLowerCase().replaceAll('"', ""))
  return [essence, ...parameters.filter((part) => part !== "" && !idle.test(part)).toSorted()].join("; ")
}

/** Whether a version of a document is one of the API, such as `2.15`. */
export const isApiVersion = (version: string): boolean => /^\d+\.\d+$/.test(version)

/** The schemas of a `content` by media type. */
export const contentOf = (node: JsonNode.Node): Body["content"] => {
  const content = JsonNode.child(node, "content")
  return new Map(
    content === undefined
      ? []
      : JsonNode.children(content).map(([type, media]) => [mediaType(type), JsonNode.child(media, "schema")])
  )
}

/** Headers OpenAPI describes elsewhere than among parameters, where it has them ignored. */
export const ownHeaders: ReadonlySet<string> = new Set(["accept", "authorization", "content-type"])

/** Whether a parameter means nothing. */
export const isIgnored = ({ in: place, name }: Parameter): boolean =>
  place === "header" && ownHeaders.has(name.toLowerCase())

/** The parameters an operation or a path lists. */
const parametersOf = (node: JsonNode.Node): ReadonlyArray<Parameter> => {
  const list = JsonNode.child(node, "parameters")
  return (list === undefined ? [] : JsonNode.children(list)).flatMap(([, reference]) => {
    const parameter = JsonNode.resolve(reference)
    const place = parameter && text(JsonNode.child(parameter, "in"))
    const name = parameter && text(JsonNode.child(parameter, "name"))
    if (parameter === undefined || name === undefined) return []
    if (place !== "path" && place !== "query" && place !== "header" && place !== "cookie") return []
    return spread({
      name,
      in: place,
      required: JsonNode.child(parameter, "required")?.value === true,
      node: parameter,
      schema: JsonNode.child(parameter, "schema") ?? jsonOf(contentOf(parameter))
    })
  })
}

/** An object in a query is sent as one parameter for each property, `a=1` or `filter[a]=1` by its style. */
const spread = (parameter: Parameter): ReadonlyArray<Parameter> => {
  const { in: place, name, node, required, schema } = parameter
  const shape = schema && NormalizedSchema.of([schema])
  const style = text(JsonNode.child(node, "style")) ?? "form"
  const exploded = style === "deepObject" || (style === "form" && JsonNode.child(node, "explode")?.value !== false)
  const isObject = shape?.typed === true && [...shape.kinds].every((kind) => kind === "object" || kind === "null")
  if (place !== "query" || shape === undefined || !isObject || !exploded || shape.fields.size === 0) return [parameter]
  return [...shape.fields].map(([property, field]) => ({
    name: style === "deepObject" ? `${name}[${property}]` : property,
    in: place,
    required: required && field.required,
    node: field.nodes[0] ?? node,
    schema: field.nodes[0],
    part: { of: name, required }
  }))
}

/** Whether a security scheme is answered with a bearer token. */
const isBearer = (scheme: JsonNode.Node): boolean => {
  const type = text(JsonNode.child(scheme, "type"))?.toLowerCase()
  return (
    type === "oauth2" ||
    type === "openidconnect" ||
    (type === "http" && text(JsonNode.child(scheme, "scheme"))?.toLowerCase() === "bearer")
  )
}

/**
 * One way to authorise, by what a bearer token is to it: all it needs (`bearer`), nothing (`open`), or not enough
 * (`other`).
 */
export interface Requirement {
  readonly kind: "bearer" | "open" | "other"
  readonly schemes: ReadonlyArray<string>
  readonly node: JsonNode.Node
}

const securityOf = (root: JsonNode.Node, operation: JsonNode.Node): Operation["security"] => {
  const declared = JsonNode.child(operation, "security") ?? JsonNode.child(root, "security")
  return (declared === undefined ? [] : JsonNode.children(declared)).map(([, node]) => {
    const schemes = Object.keys(JsonNode.record(node))
    const bearer = schemes.every((name) => {
      const scheme = JsonNode.follow(root, "components", "securitySchemes", name)
      return scheme !== undefined && isBearer(scheme)
    })
    const kind = schemes.length === 0 ? "open" : bearer ? "bearer" : "other"
    return { kind, schemes, node }
  })
}

const operationOf = (
  root: JsonNode.Node,
  path: string,
  item: JsonNode.Node,
  method: string,
  node: JsonNode.Node
): Operation => {
  const own = parametersOf(node)
  const inherited = parametersOf(item).filter(
    (parameter) => !own.some(({ in: place, name }) => name === parameter.name && place === parameter.in)
  )
  const body = JsonNode.follow(node, "requestBody")
  const security = securityOf(root, node)
  const responses = JsonNode.child(node, "responses")
  return {
    name: `${method.toUpperCase()} ${path}`,
    key: keyOf(method, path),
    method: method.toUpperCase(),
    path,
    operationId: text(JsonNode.child(node, "operationId")),
    node,
    parameters: [...inherited, ...own],
    body: body && { required: JsonNode.child(body, "required")?.value === true, node: body, content: contentOf(body) },
    responses: (responses === undefined ? [] : JsonNode.children(responses)).flatMap(([status, reference]) => {
      const response = isStatus(status) ? JsonNode.resolve(reference) : undefined
      return response === undefined ? [] : [{ status, node: response, content: contentOf(response) }]
    }),
    secured: security.length > 0 && security.every(({ kind }) => kind === "bearer"),
    security
  }
}

/** Whether a key of `responses` is a status, or a range of them, and no extension field. */
export const isStatus = (key: string): boolean => /^([1-5](\d\d|xx)|default)$/i.test(key)

/** Whether a key of `paths` is a path, and no extension field. */
export const isPath = (key: string): boolean => key.startsWith("/")

/** The names of the parameters of a path, in order. */
export const parametersIn = (path: string): ReadonlyArray<string> =>
  [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = ""]) => name)

/** A base URL, however it is spelt: its host in lower case, without the port it has anyway and a trailing slash. */
export interface Server {
  readonly url: string
  readonly node: JsonNode.Node
}

const spelt = (url: string): string => (URL.parse(url)?.href ?? url).replace(/\/$/, "")

// More values of variables than this are servers nobody lists.
const mostServers = 100

/** The URLs of a server: one for each value its variables may have. */
const urlsOf = (server: JsonNode.Node, url: string): ReadonlyArray<string> => {
  const names = [...new Set(parametersIn(url))]
  return names.reduce<ReadonlyArray<string>>(
    (urls, name) => {
      const variable = JsonNode.follow(server, "variables", name)
      const { default: usual, enum: all } = variable === undefined ? {} : JsonNode.record(variable)
      const values = (Array.isArray(all) && all.length > 0 ? all : [usual]).filter((one) => typeof one === "string")
      if (values.length === 0) return urls
      return urls.flatMap((one) => values.map((value) => one.replaceAll(`{${name}}`, value))).slice(0, mostServers)
    },
    [url]
  )
}

/** Where a place of the document is served: each of its servers, by each value of its variables. */
const serversAt = (node: JsonNode.Node | undefined): ReadonlyArray<Server> | undefined => {
  const servers = node && JsonNode.child(node, "servers")
  return (
    servers &&
    JsonNode.children(servers).flatMap(([, server]) => {
      const url = text(JsonNode.child(server, "url"))
      return url === undefined ? [] : urlsOf(server, url).map((one) => ({ url: spelt(one), node: server }))
    })
  )
}

/** The servers of an operation: its own, its path's, or the document's. */
export const serversOf = (root: JsonNode.Node, operation: Pick<Operation, "node" | "path">): ReadonlyArray<Server> =>
  serversAt(operation.node) ?? serversAt(JsonNode.follow(root, "paths", operation.path)) ?? serversAt(root) ?? []

/** How far from an operation its security or servers are said: at itself, at its path, or for the whole document. */
const levelOf = (levels: ReadonlyArray<JsonNode.Node | undefined>, part: "security" | "servers"): number => {
  const level = levels.findIndex((node) => node !== undefined && JsonNode.child(node, part) !== undefined)
  return level < 0 ? levels.length - 1 : level
}

/**
 * What says an operation's security or servers: itself, its path, or the document. With `known`, another version of
 * the operation, whatever is nearest in either of them.
 */
export const heldBy = (
  part: "security" | "servers",
  given: { readonly root: JsonNode.Node; readonly operation: Pick<Operation, "node" | "path"> },
  known = given
): JsonNode.Node => {
  const levels = ({ operation, root }: typeof given) => [
    operation.node,
    // A path has no security of its own.
    part === "servers" ? JsonNode.follow(root, "paths", operation.path) : undefined,
    root
  ]
  const own = levels(given)
  return own[Math.min(levelOf(own, part), levelOf(levels(known), part))] ?? given.root
}

const absolute = (servers: ReadonlyArray<Server>): URL =>
  servers.map(({ url }) => URL.parse(url)).find((url) => url !== null && /^https?:$/.test(url.protocol)) ??
  new URL(IntercomConfig.regions.us)

/**
 * The base URL of an operation, or of the document, with its path: the first that is absolute, Intercom's own when none
 * is. What a shell or `curl` would take for a pattern is escaped.
 */
export const addressOf = (root: JsonNode.Node, operation?: Pick<Operation, "node" | "path">): string => {
  const servers = operation === undefined ? serversAt(root) : serversOf(root, operation)
  const { origin, pathname } = absolute(servers ?? [])
  return origin + pathname.replace(/\/$/, "").replaceAll(/[[\]{}]/g, encodeURIComponent)
}

/** A document in which an object in a query is written as the parameters it is sent as. */
export const writtenOut = (document: JsonNode.Node["value"]): JsonNode.Node["value"] => {
  const write: OpenApiVisitor.Change = (value, pointer) => {
    const node = JsonNode.at(document, pointer)
    const parameters = node === undefined ? [] : parametersOf(node)
    if (!parameters.some(({ part }) => part !== undefined)) return value
    const written = parameters.map(({ in: place, name, node, part, required, schema }) =>
      part === undefined ? node.value : { in: place, name, required, ...(schema && { schema: schema.value }) }
    )
    return { ...value, parameters: written }
  }
  return OpenApiVisitor.map(document, { operation: write, pathItem: write })
}

/** A document with some of its operations, by their keys. */
export const only = (document: JsonNode.Node["value"], keys: ReadonlySet<string>): JsonNode.Node["value"] =>
  OpenApiVisitor.map(document, {
    document: (root) => {
      const paths = JsonNode.child(JsonNode.make(root), "paths")
      const kept = (paths === undefined ? [] : JsonNode.children(paths)).flatMap(([path, item]) => {
        const entries = Object.entries(JsonNode.record(item)).filter(
          ([method]) => !methods.has(method) || keys.has(keyOf(method, path))
        )
        return entries.some(([method]) => methods.has(method)) ? [[path, Object.fromEntries(entries)] as const] : []
      })
      return { ...root, paths: Object.fromEntries(kept) }
    }
  })

/** Reads the operations of a parsed document. */
export const make = (document: JsonNode.Node["value"]): Document => {
  const root = JsonNode.make(document)
  const paths = JsonNode.child(root, "paths")
  return {
    root,
    operations: (paths === undefined ? [] : JsonNode.children(paths)).flatMap(([path, reference]) => {
      const item = isPath(path) ? JsonNode.resolve(reference) : undefined
      if (item === undefined) return []
      return JsonNode.children(item).flatMap(([method, node]) =>
        methods.has(method) ? [operationOf(root, path, item, method, node)] : []
      )
    }),
    server: absolute(serversAt(root) ?? []).origin,
    version: text(JsonNode.follow(root, "info", "version"))
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
export const isSuccess = ({ status }: Pick<Response, "status">): boolean => status.startsWith("2")

/** Whether a status is one of a redirect. */
export const isRedirect = ({ status }: Pick<Response, "status">): boolean => status.startsWith("3")

/** What an operation answers when all is well: without a status of success, a redirect or `default` stands for it. */
export const successes = ({ responses }: Operation): ReadonlyArray<Response> =>
  [isSuccess, isRedirect, ({ status }: Response) => status === "default"]
    .map((is) => responses.filter(is))
    .find((some) => some.length > 0) ?? []

/** Whether a media type of a document, which may be a range, covers one. */
export const takes = (declared: string, type: string): boolean => {
  const essence = (declared.split(";")[0] ?? "").trim().toLowerCase()
  return essence === type || essence === "*/*" || (essence.endsWith("/*") && type.startsWith(essence.slice(0, -1)))
}

/** What a document says of a media type; `undefined` when it does not have it. */
export const mediaOf = (
  content: Body["content"],
  type: string
): { readonly schema: JsonNode.Node | undefined } | undefined => {
  const entries = [...content]
  const found = entries.find(([declared]) => takes(declared, type) && !declared.includes("*"))
  const media = found ?? entries.find(([declared]) => takes(declared, type))
  return media && { schema: media[1] }
}

const isJson = (type: string): boolean =>
  /^(application|text)\/(.*\+)?json\b/i.test(type) || /^(\*|application)\/\*/.test(type)

/** Whether JSON is among the media types. */
export const hasJson = (content: Body["content"]): boolean => [...content.keys()].some(isJson)

/** The schema of the JSON among the media types; `undefined` where there is none, or nothing is said of it. */
export const jsonOf = (content: Body["content"]): JsonNode.Node | undefined =>
  [...content].find(([type, schema]) => isJson(type) && schema !== undefined)?.[1]
