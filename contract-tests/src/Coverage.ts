/**
 * Both sides have the same operations, and of each the same statuses, media types and security. (Parameters and
 * fields are compared by `Structure`.)
 */
import type { ClientOperation } from "./Client.ts"
import type { Divergence, Finding } from "./Divergence.ts"
import * as Document from "./Document.ts"
import * as Exchange from "./Exchange.ts"
import * as Node from "./Node.ts"
import { divergence, type Pair, type Shape } from "./Subject.ts"

const finding = (
  node: Node.Node,
  keys: ReadonlyArray<string>,
  severity: Finding["class"],
  message: string
): Finding => ({ class: severity, pointer: Node.below(node.pointer, ...keys), through: node.through, message })

/** Operations one side has and the other has not, or has twice; and methods that are no operation. */
export const operations = ({ client, document }: Pick<Shape, "client" | "document">): ReadonlyArray<Divergence> => {
  const { methods, operations } = client
  const at = (one: ClientOperation, message: string): Divergence => ({
    operation: `${one.method} ${one.path}`,
    method: one.name,
    direction: "coverage",
    class: "breaking",
    pointer: Node.below("/paths", one.path, one.method.toLowerCase()),
    through: [],
    message,
    curl: Exchange.curlOf(one, document.server)
  })
  return [
    ...document.operations
      .filter(({ key }) => !operations.some((one) => one.key === key))
      .map((operation) => unknown(operation, document.server)),
    ...operations
      .filter(({ key }) => !document.operations.some((one) => one.key === key))
      .map((one) => at(one, "the client has an operation the document lacks")),
    ...operations
      .filter(({ key, name }) => operations.some((other) => other.key === key && other.name !== name))
      .map((one) => at(one, "the client has more than one method for it")),
    ...operations
      .filter(({ name }) => !methods.includes(name))
      .map((one) => at(one, "the client declares it, but its service has no method of that name")),
    ...methods.filter((method) => !operations.some(({ name }) => name === method)).map(undeclared)
  ]
}

const unknown = (operation: Document.Operation, server: string): Divergence => ({
  operation: operation.name,
  direction: "coverage",
  class: "drift",
  pointer: operation.node.pointer,
  through: [],
  message: `the client has no method for ${operation.operationId ?? operation.name}`,
  curl: Exchange.curlOf(operation, server)
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
  [...statuses(pair), ...success(pair), ...mediaTypes(pair), ...security(pair)].map((finding) =>
    divergence(subject, pair, "coverage", finding)
  )

const statuses = ({ client, operation }: Pair): ReadonlyArray<Finding> => {
  const declared = [client.successStatus, ...client.errors]
  const lacking = declared
    .filter((status) => Document.responseFor(operation, status) === undefined)
    .map((status) =>
      finding(
        operation.node,
        ["responses", status >= 500 ? "5XX" : String(status)],
        status < 300 ? "breaking" : "drift",
        `the client declares status ${status}, the document does not`
      )
    )
  const unknown = operation.responses
    .filter(({ status }) => status !== "default" && !declared.some((known) => Document.covers(status, known)))
    .map((response) =>
      finding(
        operation.node,
        ["responses", response.status],
        "drift",
        `the document declares status ${response.status}, the client does not`
      )
    )
  return [...lacking, ...unknown]
}

/** Whether a success has a body. */
const success = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  Document.successes(operation).flatMap(({ content, node }) => {
    if (client.success !== undefined && content.size === 0) {
      return [finding(node, ["content"], "breaking", "the client expects a body, the document has none")]
    }
    if (client.success !== undefined && Document.hasJson(content) && Document.jsonOf(content) === undefined) {
      return [finding(node, ["content"], "drift", "the client expects a body, the document does not describe it")]
    }
    if (client.success === undefined && content.size > 0) {
      return [finding(node, ["content"], "drift", "the document has a body the client ignores")]
    }
    return []
  })

const mediaTypes = ({ client, operation }: Pair): ReadonlyArray<Finding> => {
  const { body } = operation
  const answers = operation.responses
    .filter(({ content }) => content.size > 0 && !Document.hasJson(content))
    .map(({ node }) => finding(node, ["content"], "breaking", "the client reads JSON, the document has none"))
  if (client.contentType === undefined) {
    const needed = body?.required
      ? [finding(body.node, [], "breaking", "the document requires a body, the client sends none")]
      : []
    return [...answers, ...needed]
  }
  if (body === undefined) {
    return [
      ...answers,
      finding(operation.node, ["requestBody"], "breaking", "the client sends a body, the document has none")
    ]
  }
  return Document.mediaOf(body.content, client.contentType) !== undefined
    ? answers
    : [
        ...answers,
        finding(
          body.node,
          ["content"],
          "breaking",
          `the client sends ${client.contentType}, the document does not take it`
        )
      ]
}

const security = ({ client, operation }: Pair): ReadonlyArray<Finding> => {
  if (client.secured === operation.secured) return []
  return [
    operation.secured
      ? finding(operation.node, ["security"], "breaking", "the document asks for a bearer token, the client sends none")
      : finding(
          operation.node,
          ["security"],
          "drift",
          "the client sends a bearer token, the document does not ask for one"
        )
  ]
}
