/**
 * Both sides have the same operations, and of each the same statuses, media types and security. (Parameters and
 * fields are compared by `Structure`.)
 */
import { IntercomConfig } from "@effect-intercom/core"
import type { ClientOperation } from "../subject/Client.ts"
import { distinct, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import * as Pairs from "../subject/Pairs.ts"
import { divergence, type Pair, type Shape } from "../subject/Subject.ts"

const finding = (
  node: JsonNode.Node,
  keys: ReadonlyArray<string>,
  severity: Finding["class"],
  message: string
): Finding => ({ class: severity, pointer: JsonNode.below(node.pointer, ...keys), through: node.through, message })

/** Operations one side has and the other has not, or has twice; and methods that are no operation. */
export const operations = ({ client, document }: Pick<Shape, "client" | "document">): ReadonlyArray<Divergence> => {
  const { methods, operations } = client
  const at = (one: ClientOperation, message: string): Divergence => ({
    operation: `${one.method} ${one.path}`,
    method: one.name,
    direction: "coverage",
    class: "breaking",
    pointer: JsonNode.below("/paths", one.path, one.method.toLowerCase()),
    through: [],
    message,
    curl: Exchange.curlOf(one, Document.addressOf(document.root))
  })
  return [
    ...document.operations
      .filter(({ key }) => !operations.some((one) => one.key === key))
      .map((operation) => unknown(operation, document)),
    ...operations
      .filter(({ key }) => !document.operations.some((one) => one.key === key))
      .map((one) => at(one, "the client has an operation the document lacks")),
    ...operations
      .filter((one) =>
        operations.some(
          (other) =>
            other.key === one.key &&
            other.name !== one.name &&
            (one.alternativeOf === undefined || other.alternativeOf !== one.alternativeOf)
        )
      )
      .map((one) => at(one, "the client has more than one method for it")),
    ...operations
      .filter(({ name }) => !methods.includes(name))
      .map((one) => at(one, "the client declares it, but its service has no method of that name")),
    ...methods.filter((method) => !operations.some(({ name }) => name === method)).map(undeclared),
    ...document.operations.flatMap((operation) => alternatives(operation, operations, document)),
    ...webhooks(document),
    ...version(document)
  ]
}

/** Where several methods are alternatives of an operation: what of its body none is about, and methods that fit none of it. */
const alternatives = (
  operation: Document.Operation,
  operations: ReadonlyArray<ClientOperation>,
  { root }: Document.Document
): ReadonlyArray<Divergence> => {
  const { uncovered = [], unfit = [] } = Pairs.alternativesOf(operations, operation) ?? {}
  const place = {
    operation: operation.name,
    direction: "coverage",
    curl: Exchange.curlOf(operation, Document.addressOf(root, operation))
  } as const
  return [
    ...uncovered.map(({ pointer, through }): Divergence => ({
      ...place,
      class: "drift",
      pointer,
      through,
      message: "the document takes this alternative of the body, the client has no method for it"
    })),
    ...unfit.map(({ name }): Divergence => ({
      ...place,
      method: name,
      class: "breaking",
      pointer: JsonNode.below(operation.node.pointer, "requestBody"),
      through: operation.body?.node.through ?? [],
      message: "what the method sends is none of the alternatives of the document's body"
    }))
  ]
}

const ofTheApi = (severity: Divergence["class"], pointer: string, message: string): Divergence => ({
  operation: "the API",
  direction: "coverage",
  class: severity,
  pointer,
  through: [],
  message
})

/** Requests the API makes without being asked. */
const webhooks = ({ root }: Document.Document): ReadonlyArray<Divergence> => {
  const declared = JsonNode.child(root, "webhooks")
  return (declared === undefined ? [] : JsonNode.children(declared))
    .filter(([name]) => !name.startsWith("x-"))
    .map(([name, { pointer }]) =>
      ofTheApi("drift", pointer, `the document has a webhook (${name}), the client does not`)
    )
}

/** Which version of the API it is about, where that is what `info.version` looks like. */
const version = ({ version: described }: Document.Document): ReadonlyArray<Divergence> => {
  const asked = IntercomConfig.defaultVersion
  return described === undefined || !Document.isApiVersion(described) || described === asked
    ? []
    : [
        ofTheApi(
          "drift",
          "/info/version",
          `the document is about version ${described} of the API, the client asks for ${asked}`
        )
      ]
}

const unknown = (operation: Document.Operation, { root }: Document.Document): Divergence => ({
  operation: operation.name,
  direction: "coverage",
  class: "drift",
  pointer: operation.node.pointer,
  through: [],
  message: `the client has no method for ${operation.operationId ?? operation.name}`,
  curl: Exchange.curlOf(operation, Document.addressOf(root, operation))
})

const undeclared = (method: string): Divergence => ({
  operation: method,
  method,
  direction: "coverage",
  class: "breaking",
  pointer: "/paths",
  through: [],
  message: "the client's service has a method that is no declared operation"
})

/** What the two sides say around an operation's schemas. */
export const check = (subject: Pick<Shape, "document">, pair: Pair): ReadonlyArray<Divergence> =>
  distinct([
    ...statuses(pair),
    ...success(pair),
    ...errorBodies(pair),
    ...answerTypes(pair),
    ...bodyTypes(pair),
    ...security(subject.document, pair),
    ...callbacks(pair),
    ...headers(subject.document, pair),
    ...servers(subject.document, pair)
  ]).map((finding) => divergence(subject, pair, "coverage", finding))

const statuses = ({ client, operation }: Pair): ReadonlyArray<Finding> => {
  const declared = [client.successStatus, ...client.errors]
  // It may mean any status, those the client knows among them.
  const open = operation.responses.some(({ status }) => status === "default")
  const lacking = declared
    .filter((status) => !operation.responses.some((response) => Document.covers(response.status, status)))
    .map((status) =>
      finding(
        operation.node,
        ["responses", status >= 500 ? "5XX" : String(status)],
        status === client.successStatus && !open ? "breaking" : "drift",
        `the client declares status ${status}, the document does not`
      )
    )
  const unknown = operation.responses
    .filter(({ status }) => !(client.body === "optional" && status === "204"))
    .filter(({ status }) => !declared.some((known) => Document.covers(status, known)))
    .map((response) =>
      finding(
        operation.node,
        ["responses", response.status],
        "drift",
        `the document declares status ${response.status}, the client does not`
      )
    )
  const any = operation.responses
    .filter((response) => Document.isSuccess(response) && !/^\d+$/.test(response.status))
    .map((response) =>
      finding(
        operation.node,
        ["responses", response.status],
        "breaking",
        `any ${response.status} may come, the client takes status ${client.successStatus} only`
      )
    )
  return [...lacking, ...unknown, ...any]
}

const expected: { readonly [Kind in ClientOperation["body"]]?: string } = {
  json: "a body",
  text: "a text",
  bytes: "bytes"
}

/** Whether a success has a body. */
const success = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  operation.responses.filter(Document.isSuccess).flatMap(({ content, node }) => {
    const wanted = expected[client.body]
    if (wanted !== undefined && content.size === 0) {
      return [finding(node, ["content"], "breaking", `the client expects ${wanted}, the document has none`)]
    }
    if (client.body === "none" && content.size > 0) {
      return [finding(node, ["content"], "drift", "the document has a body the client ignores")]
    }
    return []
  })

/** Errors of which the document does not say what the client reads: they come out typed all the same. */
const errorBodies = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  operation.responses
    .filter(({ content, status }) => {
      const known = client.errors.some((error) => Document.covers(status, error))
      return known && Document.jsonOf(content) === undefined
    })
    .map(({ content, node, status }) =>
      finding(
        node,
        ["content"],
        "drift",
        content.size === 0
          ? `the client reads the body of error ${status}, the document has none`
          : `the client reads JSON of error ${status}, the document does not describe any`
      )
    )

const wanted = "application/json"

/** Whether a media type, or a range of them, has JSON in it. */
const takes = (content: Document.Body["content"], type: string): boolean =>
  [type, `${type.split("/")[0]}/*`, "*/*"].some((one) => content.has(one))

/** The media types of a success that is no JSON. */
const isOfKind: { readonly [Kind in ClientOperation["body"]]?: (type: string) => boolean } = {
  text: (type) => /^(text|\*)\//.test(type),
  bytes: (type) => !Document.hasJson(new Map([[type, undefined]])) || type === "*/*"
}

/** A success of text or bytes: as such, and as nothing else. */
const otherTypes = (
  { body }: ClientOperation,
  { content, node, status }: Document.Response
): ReadonlyArray<Finding> => {
  const types = [...content.keys()]
  const others = types.filter((type) => isOfKind[body]?.(type) === false)
  if (others.length === 0) return []
  return others.length === types.length
    ? [
        finding(
          node,
          ["content"],
          "breaking",
          `status ${status} comes as ${types.join(" or ")}, the client reads ${body}`
        )
      ]
    : others.map((type) =>
        finding(node, ["content", type], "drift", `status ${status} may come as ${type}, the client reads ${body}`)
      )
}

/** The client asks for JSON, whatever else there is, but for successes that are none. */
const answerTypes = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  operation.responses.flatMap((response) => {
    const { content, node, status } = response
    const success = Document.isSuccess(response)
    if (content.size === 0 || (success && (client.body === "none" || client.body === "location"))) return []
    if (success && client.success === undefined) return otherTypes(client, response)
    const severity = Document.isSuccess(response) ? "breaking" : "drift"
    const types = [...content.keys()]
    const undescribed = takes(content, wanted) && Document.jsonOf(content) === undefined
    return [
      ...(takes(content, wanted)
        ? []
        : [
            finding(
              node,
              ["content"],
              severity,
              `status ${status} comes as ${types.join(" or ")}, the client reads JSON`
            )
          ]),
      ...(undescribed && severity === "breaking"
        ? [finding(node, ["content"], severity, "the client reads JSON, the document describes none")]
        : []),
      ...(takes(content, wanted) ? types : [])
        .filter((type) => !takes(new Map([[type, undefined]]), wanted))
        .map((type) =>
          finding(node, ["content", type], "drift", `status ${status} may come as ${type}, the client reads JSON`)
        )
    ]
  })

const bodyTypes = ({ client, operation }: Pair): ReadonlyArray<Finding> => {
  const { body } = operation
  const { contentType } = client
  if (contentType === undefined) {
    if (body === undefined) return []
    return [
      body.required
        ? finding(body.node, [], "breaking", "the document requires a body, the client sends none")
        : finding(body.node, [], "drift", "the document takes a body, the client cannot send one")
    ]
  }
  if (body === undefined) {
    return [finding(operation.node, ["requestBody"], "breaking", "the client sends a body, the document has none")]
  }
  return [
    ...(takes(body.content, contentType)
      ? []
      : [
          finding(body.node, ["content"], "breaking", `the client sends ${contentType}, the document does not take it`)
        ]),
    ...(takes(body.content, contentType) && Document.jsonOf(body.content) === undefined
      ? [finding(body.node, ["content"], "drift", "the document does not describe the body the client sends")]
      : []),
    ...[...body.content.keys()]
      .filter((type) => takes(body.content, contentType) && !takes(new Map([[type, undefined]]), contentType))
      .map((type) =>
        finding(body.node, ["content", type], "drift", `the document takes ${type}, the client sends none`)
      ),
    ...(body.required
      ? []
      : [
          finding(
            body.node,
            ["required"],
            "drift",
            "the document lets the body be left out, the client always sends one"
          )
        ])
  ]
}

const security = ({ root }: Document.Document, { client, operation }: Pair): ReadonlyArray<Finding> => {
  const ways = operation.security
  const holder = Document.heldBy("security", { root, operation })
  const open = ways.length === 0 || ways.some(({ kind }) => kind === "open")
  const at = (severity: Finding["class"], message: string) => finding(holder, ["security"], severity, message)
  const schemes = (kind: Document.Requirement["kind"]) =>
    ways
      .filter((way) => way.kind === kind)
      .map(({ schemes }) => schemes.join(" with "))
      .join(" or ")
  if (!client.secured) {
    return open
      ? []
      : [at("breaking", `the document asks for ${schemes("bearer") || schemes("other")}, the client sends no token`)]
  }
  if (open) return [at("drift", "the client sends a bearer token, the document does not ask for one")]
  if (!ways.some(({ kind }) => kind === "bearer")) {
    return [at("breaking", `the document asks for ${schemes("other")}, the client sends a bearer token`)]
  }
  const scopes = ways.flatMap(({ node }) => Object.values(JsonNode.record(node)).flat())
  return [
    ...(schemes("other") === ""
      ? []
      : [at("drift", `the document takes ${schemes("other")}, the client cannot send it`)]),
    ...(scopes.length === 0
      ? []
      : [at("note", `the document asks for a token with ${[...new Set(scopes)].map(String).join(" and ")}`)])
  ]
}

/** Requests the API makes itself. */
const callbacks = ({ operation }: Pair): ReadonlyArray<Finding> => {
  const declared = JsonNode.child(operation.node, "callbacks")
  return (declared === undefined ? [] : JsonNode.children(declared)).map(([name, node]) =>
    finding(node, [], "drift", `the document calls back (${name}), the client does not listen`)
  )
}

/** Headers of answers the client reads, and whether as numbers. */
const readHeaders: ReadonlyMap<string, "integer" | "string"> = new Map([
  ["x-ratelimit-limit", "integer"],
  ["x-ratelimit-remaining", "integer"],
  ["x-ratelimit-reset", "integer"],
  ["retry-after", "integer"],
  ["x-request-id", "string"],
  ["intercom-version", "string"]
])

const headersOf = ({ node }: Document.Response): ReadonlyMap<string, JsonNode.Node> => {
  const headers = JsonNode.child(node, "headers")
  return new Map(
    (headers === undefined ? [] : JsonNode.children(headers)).map(([name, header]) => [
      name.toLowerCase(),
      JsonNode.resolve(header) ?? header
    ])
  )
}

const carriers = new WeakMap<Document.Document, ReadonlySet<string>>()

/** Headers anything in the document carries: many documents describe none. */
const carried = (document: Document.Document): ReadonlySet<string> => {
  const known = carriers.get(document)
  if (known !== undefined) return known
  const all = document.operations.flatMap(({ responses }) =>
    responses.flatMap((response) => [...headersOf(response).keys()])
  )
  const names = new Set(all)
  carriers.set(document, names)
  return names
}

const headers = (document: Document.Document, { client, operation }: Pair): ReadonlyArray<Finding> => {
  const anywhere = carried(document)
  return operation.responses.flatMap((response) => {
    const all = headersOf(response)
    const redirects = client.body === "location" && Document.covers(response.status, client.successStatus)
    if (redirects && !all.has("location")) {
      return [
        finding(response.node, ["headers"], "breaking", "the client reads Location, and the redirect does not carry it")
      ]
    }
    const declared = redirects ? new Map([...all].filter(([name]) => name !== "location")) : all
    const { node, status } = response
    return [
      ...[...readHeaders.keys()]
        .filter((name) => anywhere.has(name) && !declared.has(name))
        .map((name) =>
          finding(node, ["headers"], "drift", `the client reads ${name}, and status ${status} does not carry it`)
        ),
      ...[...declared].flatMap(([name, header]) => headerFindings(name, header, status))
    ]
  })
}

const headerFindings = (name: string, header: JsonNode.Node, status: string): ReadonlyArray<Finding> => {
  const kind = readHeaders.get(name)
  if (kind === undefined) {
    return [finding(header, [], "drift", `status ${status} carries ${name}, the client does not read it`)]
  }
  const schema = JsonNode.child(header, "schema")
  const kinds = (schema && NormalizedSchema.of([schema]))?.kinds ?? new Set()
  const other = [...kinds].filter((one) => one !== kind && one !== "null")
  return other.length === 0 || schema === undefined
    ? []
    : [
        finding(
          schema,
          ["type"],
          kind === "integer" ? "breaking" : "drift",
          `${name} may be ${other.join(" or ")}, the client reads ${kind}`
        )
      ]
}

const regions: ReadonlyArray<readonly [region: string, url: string]> = Object.entries(IntercomConfig.regions)

/** Where the document says operations are served, and where the client sends them. */
const servers = ({ root }: Document.Document, { operation }: Pair): ReadonlyArray<Finding> => {
  const listed = Document.serversOf(root, operation)
  // Without a list a document says where it is itself, not where the API is.
  const at = (message: string, severity: Finding["class"], node: JsonNode.Node = root) =>
    finding(node, node === root ? ["servers"] : [], severity, message)
  if (listed.length === 0) return [at("the document does not say where the API is", "drift")]
  const missing = regions.filter(([, url]) => !listed.some((server) => server.url === url))
  if (missing.length === regions.length) {
    return [
      at(
        `the document is about ${listed.map(({ url }) => url).join(" and ")}, the client sends to ${regions.map(([, url]) => url).join(", ")}`,
        "breaking",
        listed[0]?.node
      )
    ]
  }
  return [
    ...missing.map(([region, url]) =>
      at(`the client sends to ${url} (${region}), the document does not list it`, "drift")
    ),
    ...listed
      .filter((server) => !regions.some(([, url]) => url === server.url))
      .map(({ node, url }) => at(`the document lists ${url}, the client has no such region`, "drift", node))
  ]
}
