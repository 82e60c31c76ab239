/**
 * A server made of nothing but the document: a listing of any number of records, in pages as the operation's parameters
 * and the envelope of its answer describe them. What the document calls otherwise, this server calls otherwise.
 */
import * as Document from "../document/Document.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as Example from "../schema/Example.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"

/** How a listing names its next page, by its document; a server keeps the place of a `scroll`; `single` has none. */
export type Style = "cursor" | "page" | "url" | "scroll" | "single"

export interface ModelServer {
  readonly style: Style
  /** Records the document permits, all different. */
  readonly records: (count: number) => ReadonlyArray<unknown>
  /** Answers requests for pages of some records. */
  readonly send: (records: ReadonlyArray<unknown>) => Exchange.Send
  /** The whole answer, for a look at whether the document permits it. */
  readonly envelope: (records: ReadonlyArray<unknown>) => unknown
  /** Where the answer is described. */
  readonly node: JsonNode.Node
  /** Whether all answers tell how many records there are. */
  readonly counts: boolean
}

/** A number, which may come as text. */
const isCount = ({ kinds, typed }: NormalizedSchema.Shape): boolean => typed && kinds.has("integer")
const isInteger = ({ kinds, typed }: NormalizedSchema.Shape): boolean =>
  typed && kinds.has("integer") && !kinds.has("string")
const isText = ({ kinds, typed }: NormalizedSchema.Shape): boolean => typed && kinds.has("string")

const shapesOf = (fields: NormalizedSchema.Shape["fields"]): ReadonlyArray<readonly [string, NormalizedSchema.Shape]> =>
  [...fields].flatMap(([name, { nodes }]) => {
    const shape = NormalizedSchema.of(nodes)
    return shape === undefined ? [] : [[name, shape] as const]
  })

const sizes = /per_?page|size|limit/i
// `created_at_after` is no cursor.
const cursors = /^(starting_)?after$|cursor|token|scroll/i

/** What the document calls things. */
interface Names {
  /** The field of the records, or that of an object and the one in it. */
  readonly items: ReadonlyArray<string>
  readonly total: string | undefined
  readonly pages: string | undefined
  readonly next: string | undefined
  /** Fields of `pages`. */
  readonly numbers: ReadonlyArray<string>
  /** The field of a `next` that is an object. */
  readonly after: string | undefined
  /** Parameters. */
  readonly size: string | undefined
  readonly page: string | undefined
  readonly cursor: string | undefined
  /** The field of the answer that is the parameter of the next request. */
  readonly scroll: string | undefined
  /** The field of the body the parameters are in; of the query, when there is none. */
  readonly within: string | undefined
}

type Fields = ReadonlyArray<readonly [string, NormalizedSchema.Shape]>

/** Where a request says which page it wants: in its query, or in an object of its body. */
const askedBy = (operation: Document.Operation): { readonly parameters: Fields; readonly within?: string } => {
  const schema = operation.body && Document.jsonOf(operation.body.content)
  const body = schema && NormalizedSchema.of([schema])
  const paging = shapesOf(body?.fields ?? new Map()).find(([, { fields }]) =>
    shapesOf(fields).some(([name, shape]) => isText(shape) && cursors.test(name))
  )
  if (paging !== undefined) return { parameters: shapesOf(paging[1].fields), within: paging[0] }
  const parameters = operation.parameters.flatMap(({ in: place, name, schema }) => {
    const shape = schema && NormalizedSchema.of([schema])
    return place === "query" && shape !== undefined ? [[name, shape] as const] : []
  })
  return { parameters }
}

const listIn = (fields: Fields): ReadonlyArray<string> | undefined => {
  const list = fields.find(([, { items }]) => NormalizedSchema.of(items)?.kinds.has("object"))
  return list && [list[0]]
}

/** What an object has at a path. */
const at = (value: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce((inner, name) => (JsonNode.isRecord(inner) ? inner[name] : undefined), value)

/** An object with something else at a path. */
const withAt = (value: unknown, [name, ...rest]: ReadonlyArray<string>, inner: unknown): unknown => {
  if (name === undefined) return inner
  const fields = JsonNode.isRecord(value) ? value : {}
  return { ...fields, [name]: withAt(fields[name], rest, inner) }
}

const namesOf = (operation: Document.Operation, envelope: NormalizedSchema.Shape): Names | undefined => {
  const fields = shapesOf(envelope.fields)
  const items =
    listIn(fields) ??
    fields
      .flatMap(([name, { fields }]) => (name === "pages" ? [] : [[name, ...(listIn(shapesOf(fields)) ?? [])]]))
      .find((path) => path.length > 1)
  if (items === undefined) return undefined
  const paging = fields.find(
    ([, { fields }]) => fields.has("next") || shapesOf(fields).filter(([, shape]) => isCount(shape)).length > 1
  )
  const inner = shapesOf(paging?.[1].fields ?? new Map())
  const next = inner.find(([name]) => name === "next") ?? inner.find(([, { fields }]) => fields.size > 0)
  const { parameters, within } = askedBy(operation)
  const numbers = inner.filter(([, shape]) => isCount(shape)).map(([name]) => name)
  const integers = parameters.filter(([name, shape]) => isInteger(shape) && !name.endsWith("_id")).map(([name]) => name)
  const size = integers.find((name) => sizes.test(name)) ?? integers.find((name) => name !== "page")
  const after = shapesOf(next?.[1].fields ?? new Map()).find(([, shape]) => isText(shape) && !isCount(shape))?.[0]
  return {
    items,
    total: fields.find(([name, shape]) => name === "total_count" && isInteger(shape) && !shape.kinds.has("null"))?.[0],
    pages: paging?.[0],
    next: next?.[0],
    numbers,
    after,
    size,
    page: integers.find((name) => name === "page") ?? integers.find((name) => name !== size),
    cursor: parameters.find(([name, shape]) => isText(shape) && (name === after || cursors.test(name)))?.[0],
    scroll: parameters.find(
      ([name, shape]) => isText(shape) && cursors.test(name) && fields.some(([field]) => field === name)
    )?.[0],
    within
  }
}

const styleOf = ({ cursor, next, page, pages, scroll, size }: Names): Style => {
  if (scroll !== undefined) return "scroll"
  if (pages === undefined || (next === undefined && page === undefined)) return "single"
  if (cursor !== undefined) return "cursor"
  if (page !== undefined) return "page"
  return size === undefined ? "single" : "url"
}

/** The parameter a server puts into the URLs it gives; no client makes it up. */
const own = "model_position"

const standard = 5

/** A record like the exemplar, told from others by its id, or by every text where it has none. */
const record = (exemplar: unknown, index: number): unknown => {
  if (!JsonNode.isRecord(exemplar)) return exemplar
  const { id } = exemplar
  if (typeof id === "string") return { ...exemplar, id: `record-${index}` }
  if (typeof id === "number") return { ...exemplar, id: index + 1 }
  return Object.fromEntries(
    Object.entries(exemplar).map(([name, value]) => [name, value === "text" ? `text-${index}` : value])
  )
}

const json = (status: number, body: unknown): Exchange.Send => Exchange.canned(status, JSON.stringify(body))

/** The server of a listing; `undefined` when its answer is no list. `like` is what the client expects of an answer. */
export const make = (
  operation: Document.Operation,
  server: string,
  like: ReadonlyArray<JsonNode.Node>
): ModelServer | undefined => {
  const response = Document.successes(operation)[0]
  const schema = response && Document.jsonOf(response.content)
  const envelope = schema && NormalizedSchema.of([schema])
  const names = envelope && namesOf(operation, envelope)
  if (schema === undefined || envelope === undefined || names === undefined) return undefined
  const style = styleOf(names)
  const exemplar = Example.of([schema], like)
  const whole = JsonNode.isRecord(exemplar) ? exemplar : {}
  const items = at(whole, names.items)
  const [first] = Array.isArray(items) ? items : []
  const known = new Set(askedBy(operation).parameters.map(([name]) => name))

  /** What a request says about the page it wants. */
  const askedIn = (url: URL, sent: string | undefined): { readonly [name: string]: unknown } => {
    if (names.within === undefined) return Object.fromEntries(url.searchParams)
    const body: unknown = sent === undefined ? undefined : JSON.parse(sent)
    const asked = JsonNode.isRecord(body) ? body[names.within] : undefined
    return JsonNode.isRecord(asked) ? asked : {}
  }

  /** What stands in for the next page that starts at a position. */
  const nextOf = (url: URL, position: number, size: number): unknown => {
    const asked = new URL(url.pathname + url.search, server)
    const link = (name: string, value: string) => {
      asked.searchParams.set(name, value)
      return asked.href
    }
    switch (style) {
      case "cursor":
        return names.after === undefined
          ? link(names.cursor ?? own, `after-${position}`)
          : { [names.after]: `after-${position}` }
      case "page":
        return link(names.page ?? own, String(position / size + 1))
      case "url":
        return link(own, String(position))
      case "scroll":
      case "single":
        return null
    }
  }

  const refused = (message: string, status = 400) =>
    json(status, { type: "error.list", errors: [{ code: "parameter_invalid", message }] })

  const answer = (records: ReadonlyArray<unknown>, url: URL, sent: string | undefined): Exchange.Send => {
    const asked = askedIn(url, sent)
    const number = (name: string | undefined): number | undefined => {
      const value = name === undefined ? undefined : asked[name]
      return value === undefined ? undefined : Number(value)
    }
    const unknown = Object.keys(asked).filter((name) => !known.has(name) && name !== own)
    const size = number(names.size) ?? standard
    const page = number(names.page)
    const after = names.cursor === undefined ? undefined : asked[names.cursor]
    const start =
      typeof after !== "string"
        ? page === undefined
          ? (number(own) ?? 0)
          : (page - 1) * size
        : Number(after.replace("after-", ""))
    if (unknown.length > 0 || !Number.isInteger(start) || !Number.isInteger(size) || size < 1 || start < 0) {
      return refused(`not understood: ${unknown.join(", ") || url.search}`)
    }
    return json(200, body(records, start, style === "single" ? records.length : size, url))
  }

  const body = (records: ReadonlyArray<unknown>, start: number, size: number, url: URL): object => {
    const more = start + size < records.length
    const numbers: { readonly [name: string]: number } = {
      page: Math.floor(start / Math.max(1, size)) + 1,
      per_page: size,
      total_pages: Math.max(1, Math.ceil(records.length / Math.max(1, size)))
    }
    const { next, pages, total } = names
    const paging = {
      ...Object.fromEntries(names.numbers.flatMap((name) => (name in numbers ? [[name, numbers[name]]] : []))),
      ...(next === undefined || !more ? undefined : { [next]: nextOf(url, start + size, size) })
    }
    const rest = Object.fromEntries(
      Object.entries(whole)
        .filter(([name]) => name !== pages)
        // An answer may have its records under one name or another, and has them under one.
        .map(([name, value]) => [name, Array.isArray(value) && value.some(JsonNode.isRecord) ? [] : value])
    )
    return {
      ...Object(withAt(rest, names.items, records.slice(start, start + size))),
      ...(total === undefined ? undefined : { [total]: records.length }),
      ...(pages === undefined || style === "single" || style === "scroll" ? undefined : { [pages]: paging })
    }
  }

  /** One scroll after another: the place is the server's, and the end is told by a page without records, once. */
  const scrolling = (records: ReadonlyArray<unknown>, name: string): Exchange.Send => {
    let place: number | undefined
    return (request, url) => {
      const resumed = url.searchParams.has(name)
      if (resumed && place === undefined) return refused("there is no such scroll", 404)(request, url)
      if (!resumed && place !== undefined) return refused("there is a scroll already")(request, url)
      const start = place ?? 0
      place = start < records.length ? start + standard : undefined
      const page = body(records, start, standard, url)
      return json(200, { ...page, [name]: "model-scroll" })(request, url)
    }
  }

  return {
    style,
    node: schema,
    counts: names.total !== undefined,
    records: (count) => Array.from({ length: count }, (_, index) => record(first, index)),
    send: (records) =>
      names.scroll === undefined
        ? (request, url) => answer(records, url, Exchange.bodyOf(request))(request, url)
        : scrolling(records, names.scroll),
    envelope: (records) => body(records, 0, 1, new URL(operation.path, server))
  }
}
