/**
 * Operations both sides have. Where several methods of the client are alternatives of one operation, told apart by their
 * bodies, each is paired with the part of the document's body that is meant for it.
 */
import type { ClientOperation } from "./Client.ts"
import * as Document from "../document/Document.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"

/** An operation both sides have. */
export interface Pair {
  /** As the document has it; of alternatives, with those of its body that are the method's. */
  readonly operation: Document.Operation
  readonly client: ClientOperation
  /** Other methods with the same body. */
  readonly beside: ReadonlyArray<ClientOperation>
}

/** The alternatives of an operation, by what of the document's body each is about. */
export interface Alternatives {
  readonly pairs: ReadonlyArray<Pair>
  /** Alternatives of the body no method is about. */
  readonly uncovered: ReadonlyArray<JsonNode.Node>
  /** Methods that are about none of the body's alternatives. */
  readonly unfit: ReadonlyArray<ClientOperation>
}

type Combinator = "oneOf" | "anyOf"

interface Branches {
  /** The schema they are alternatives of. */
  readonly schema: JsonNode.Node
  readonly combinator: Combinator
  readonly all: ReadonlyArray<JsonNode.Node>
}

const branchesOf = ({ body }: Document.Operation): Branches | undefined => {
  const described = body && Document.jsonOf(body.content)
  const schema = described && JsonNode.resolve(described)
  if (schema === undefined) return undefined
  const combinator = (["oneOf", "anyOf"] as const).find((key) => JsonNode.child(schema, key) !== undefined)
  const list = combinator && JsonNode.child(schema, combinator)
  if (combinator === undefined || list === undefined) return undefined
  return { schema, combinator, all: JsonNode.children(list).map(([, branch]) => branch) }
}

// What says nothing of a value.
const silent = /^(title|description|examples?|discriminator|deprecated|x-.*)$/

/** The schema with some of its alternatives; of one that has nothing else to say, its only alternative. */
const restricted = ({ all, combinator, schema }: Branches, kept: ReadonlyArray<JsonNode.Node>): JsonNode.Node => {
  const [only, ...others] = kept
  const isBare = Object.keys(JsonNode.record(schema)).every((key) => key === combinator || silent.test(key))
  if (only !== undefined && others.length === 0 && isBare) return only
  // The places of those that are left are those of the document.
  const list = all.map((branch) => (kept.includes(branch) ? branch.value : false))
  return { ...schema, value: { ...JsonNode.record(schema), [combinator]: list } }
}

const withBody = (operation: Document.Operation, schema: JsonNode.Node): Document.Operation => {
  const { body } = operation
  const described = body && Document.jsonOf(body.content)
  if (body === undefined) return operation
  const content = new Map([...body.content].map(([type, node]) => [type, node === described ? schema : node] as const))
  return { ...operation, body: { ...body, content } }
}

/** How far what is sent is from what is taken: what would be refused, then what one side has and the other has not. */
interface Distance {
  readonly refused: number
  readonly unknown: number
}

const none: Distance = { refused: 0, unknown: 0 }

const plus = (a: Distance, b: Distance): Distance => ({
  refused: a.refused + b.refused,
  unknown: a.unknown + b.unknown
})

const deepest = 6

const distance = (sent: ReadonlyArray<JsonNode.Node>, taken: ReadonlyArray<JsonNode.Node>, depth = 0): Distance => {
  const [client, document] = [NormalizedSchema.of(sent), NormalizedSchema.of(taken)]
  if (client === undefined || document === undefined || depth > deepest) return none
  const kinds = [...client.kinds].some((kind) => NormalizedSchema.includes(document.kinds, kind))
  const values = client.values?.some((value) => document.values?.includes(value) ?? true) ?? true
  if (!kinds || !values) return { refused: 1, unknown: 0 }
  const fields = [...client.fields].map(([name, field]) => {
    const known = document.fields.get(name)
    if (known === undefined) return document.fields.size === 0 ? none : { refused: 1, unknown: 0 }
    const left = known.required && !field.required ? { refused: 0.5, unknown: 0 } : none
    return plus(left, distance(field.nodes, known.nodes, depth + 1))
  })
  const missing = [...document.fields]
    .filter(([name]) => !client.fields.has(name))
    .map(([, { required }]) => (required ? { refused: 1, unknown: 0 } : { refused: 0, unknown: 1 }))
  return [...fields, ...missing, distance(client.items, document.items, depth + 1)].reduce(plus)
}

/** Each method takes the alternative of the body it is nearest to; what is left over goes where nothing of it is refused. */
const alternatives = (methods: ReadonlyArray<ClientOperation>, operation: Document.Operation): Alternatives => {
  const branches = branchesOf(operation)
  if (branches === undefined) {
    const pairs = methods.map((client): Pair => ({
      operation,
      client,
      beside: methods.filter((other) => other !== client)
    }))
    return { pairs, uncovered: [], unfit: [] }
  }
  const edges = methods
    .flatMap((method) =>
      branches.all.map((branch) => ({
        method,
        branch,
        far: distance(method.payload === undefined ? [] : [method.payload.node], [branch])
      }))
    )
    .toSorted((a, b) => a.far.refused - b.far.refused || a.far.unknown - b.far.unknown)
  const taken: Array<(typeof edges)[number]> = []
  const isFree = ({ branch, method }: (typeof edges)[number]) =>
    !taken.some((one) => one.branch === branch || one.method === method)
  for (const edge of edges) if (isFree(edge)) taken.push(edge)
  for (const edge of edges) {
    const isLeft =
      !taken.some(({ branch }) => branch === edge.branch) || !taken.some(({ method }) => method === edge.method)
    if (isLeft && edge.far.refused === 0) taken.push(edge)
  }
  const unfit = methods.filter((method) => !taken.some((one) => one.method === method))
  const shared = (method: ClientOperation) => taken.filter((one) => one.method === method).map(({ branch }) => branch)
  return {
    pairs: methods.map((client): Pair => {
      const own = shared(client)
      const beside = methods.filter((other) => other !== client && shared(other).some((branch) => own.includes(branch)))
      return {
        operation: own.length === 0 ? operation : withBody(operation, restricted(branches, own)),
        client,
        beside
      }
    }),
    uncovered: branches.all.filter((branch) => !taken.some((one) => one.branch === branch)),
    unfit
  }
}

/** The alternatives of the operations of a document, of those that have some in the client. */
export const alternativesOf = (
  operations: ReadonlyArray<ClientOperation>,
  operation: Document.Operation
): Alternatives | undefined => {
  const methods = operations.filter(({ alternativeOf, key }) => key === operation.key && alternativeOf !== undefined)
  return methods.length === 0 ? undefined : alternatives(methods, operation)
}

/** The operations both sides have, in the order of the client's. */
export const make = (
  operations: ReadonlyArray<ClientOperation>,
  document: Pick<Document.Document, "operations">
): ReadonlyArray<Pair> => {
  const known = new Map<string, Alternatives | undefined>()
  return operations.flatMap((client) => {
    const operation = document.operations.find(({ key }) => key === client.key)
    if (operation === undefined) return []
    if (client.alternativeOf === undefined) return [{ operation, client, beside: [] }]
    const all = known.get(client.key) ?? alternativesOf(operations, operation)
    known.set(client.key, all)
    return all?.pairs.filter((pair) => pair.client === client) ?? []
  })
}
