/**
 * What is true of every operation. That each is declared as the document has it (its path, parameters, fields, errors and
 * pages) is the contract suite's to tell.
 */
import { operations, type ApiOperation } from "@effect-intercom/core/IntercomApi"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import * as ApiVersion from "@effect-intercom/core/ApiVersion"
import * as Endpoint from "@effect-intercom/core/Endpoint"
import * as Resource from "@effect-intercom/core/Resource"
import * as Wire from "@effect-intercom/core/Wire"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { memoize } from "effect/Function"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as Stream from "effect/Stream"
import * as Pagination from "@effect-intercom/core/Pagination"
import * as Examples from "./Examples.ts"
import * as Observed from "./Observed.ts"
import * as Scripted from "./Scripted.ts"

/** Samples of an operation, at most. */
const most = Number(process.env["INTERCOM_TEST_LAWS"] ?? 20)

/** As many samples as there are fields to vary, in a request and its answer, or a share of them. */
const runsOf = ({ endpoint: { pages, payload, query, success } }: ApiOperation) => {
  const schemas = [payload, query, success, pages?.item].filter((schema) => schema !== undefined)
  const fields = schemas.reduce((sum, schema) => sum + fieldsOf(schema).all.length, 0)
  return { arbitrary: { runs: Math.ceil((Math.min(60, 10 + 2 * fields) * most) / 60), seed: Examples.seed } }
}

/** What JSON keeps of a value. */
const wire = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? "null")

/** The fields that are not undefined. */
const defined = (query: object = {}) =>
  Object.fromEntries(
    Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]))
  )

/** A value with a field nobody knows in every object of it. */
const grown = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(grown)
    : Predicate.isObject(value) && !(value instanceof URL) && !(value instanceof Uint8Array)
      ? { ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, grown(inner)])), grown_since: [1] }
      : value

/** What a received record has for certain, beside its type and id. */
const promised: { readonly [operation: string]: ReadonlyArray<string> } = {
  "Calls.search": ["data"],
  "Conversations.create": ["conversation_id"],
  "Forms.union": ["count"],
  "DataExports.enqueue": ["job_identifier"],
  "DataExports.get": ["job_identifier"],
  "DataExports.cancel": ["job_identifier"],
  "ReportingExports.enqueue": ["job_identifier"],
  "ReportingExports.get": ["job_identifier"]
}

/** What sending twice does is said of its own, where it is not as the method and the kind of pages have it. */
const upserts: ReadonlySet<string> = new Set([
  "Companies.createOrUpdate",
  "CustomObjectInstances.createOrUpdate",
  "Events.submit",
  "Tags.createOrUpdate",
  "Tags.tagCompanies",
  "Tags.tagContacts",
  "Tags.untagCompanies"
])

/** A method on a server. */
const on = <A, E>(
  server: Scripted.Scripted,
  operation: ApiOperation,
  use: (method: Examples.Method) => Effect.Effect<A, E>,
  version = "2.15"
): Effect.Effect<A, E> =>
  Effect.flatMap(IntercomHttp, (http) => use(Examples.methodOf(operation.resource.make(http), operation))).pipe(
    Effect.provide(server.intercom({ version }))
  )

const call = (server: Scripted.Scripted, operation: ApiOperation, request: Examples.Request, version?: string) =>
  on(server, operation, (method) => method(...Examples.argumentsOf(request)), version)

/** The versions between which requests differ, where they do. */
const versionsOf = ({ endpoint: { strings } }: ApiOperation) =>
  strings === undefined ? ["2.15"] : ["2.15", strings.since]

/** Why a call fails, given one answer, or none. */
const failure = (operation: ApiOperation, request: Examples.Request, ...answers: ReadonlyArray<Scripted.Answer>) => {
  const server = Scripted.make(answers)
  return Effect.map(Effect.flip(call(server, operation, request)), (error) => ({ error, sent: server.sent }))
}

/** The input is refused for what stands at `path`, and nothing is sent. */
const refused = (operation: ApiOperation, request: Examples.Request, path: string) =>
  Effect.map(failure(operation, request), ({ error: { reason }, sent }) => {
    assert(reason._tag === "EncodeError", reason._tag)
    assert.include(
      reason.mismatches.map(({ path }) => path),
      path
    )
    assert.lengthOf(sent, 0)
  })

/** The fields of an object: all, their types in JSON, and those that must be there; none of what is no object. */
const fieldsOf = memoize((schema: Schema.Top) => {
  const { definitions, schema: json } = Schema.toJsonSchemaDocument(schema)
  const [, name] = /^#\/\$defs\/(.*)$/.exec(String(json["$ref"])) ?? []
  const { properties = {}, required = [] } = (name === undefined ? json : definitions[name]) as {
    readonly properties?: { readonly [name: string]: { readonly type?: string; readonly enum?: ReadonlyArray<string> } }
    readonly required?: ReadonlyArray<string>
  }
  const typed = Object.entries(properties).map(([name, { type }]) => [name, type] as const)
  const constant = Object.entries(properties).flatMap(([name, { enum: values = [] }]) =>
    values.length === 1 ? [[name, values[0]] as const] : []
  )
  return { all: Object.keys(properties), typed, required, constant }
})

const sentFieldsOf = memoize((schema: Schema.Top) => fieldsOf(Schema.toEncoded(schema)))

/** A part of a request as it is sent: a field with one value is there even where it was left out. */
const sentAs = (schema: Schema.Top, given: object = {}): object => {
  const { constant, required } = sentFieldsOf(schema)
  return {
    ...Object.fromEntries(constant.filter(([name]) => required.includes(name))),
    ...JSON.parse(JSON.stringify(given))
  }
}

/** Ids without the difference between a number and its digits: a request takes either, and the contract suite tells what is sent. */
const withoutDigits = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value) ?? "null", (key, inner: unknown) =>
    key.endsWith("_id") && typeof inner === "string" && /^(0|-?[1-9]\d{0,15})$/.test(inner) ? Number(inner) : inner
  )

/** Whether it is an object of named fields, or one of several. */
const isClosed = (schema: Schema.Top): boolean => {
  const { ast } = Schema.toType(schema)
  const isObject = (ast: SchemaAST.AST) => SchemaAST.isObjects(ast) && ast.indexSignatures.length === 0
  return SchemaAST.isUnion(ast) ? ast.types.every(isObject) : isObject(ast)
}

const without = (value: object | undefined, field: string) =>
  Object.fromEntries(Object.entries(value ?? {}).filter(([key]) => key !== field))

/** A success with this value, whatever a body of it looks like. */
const success = ({ body, endpoint: { status } }: ApiOperation, value: unknown): Scripted.Answer => {
  switch (body) {
    case "none":
      return Scripted.status(status)
    case "optional":
      return value === undefined ? Scripted.status(status) : Scripted.json(value, status)
    case "text":
      return Scripted.text(String(value), status)
    case "bytes":
      return () => Effect.sync(() => new Response(Uint8Array.from(Object(value)), { status }))
    case "location":
      return Scripted.status(status, { location: String(value) })
    case "json":
      return Scripted.json(value, status)
  }
}

/** A value as it comes out when it comes in like this: JSON as it was written, anything else as it is. */
const received = ({ body }: ApiOperation, value: unknown): unknown =>
  body === "json" || (body === "optional" && value !== undefined) ? wire(value) : value

/** The object an operation answers with, or each of those it lists; `undefined` where it answers with no such thing. */
const recordOf = ({ body, endpoint: { pages, success } }: ApiOperation) => {
  if (success === undefined || (body !== "json" && body !== "optional")) return undefined
  const within = (list: string, schema: Schema.Top) => ({
    schema,
    at: `${list}[0]`,
    holding: (value: unknown): unknown => (list === "" ? [value] : putAt(list, [value]))
  })
  if (pages !== undefined) return within(pages.items, pages.item)
  if (!SchemaAST.isArrays(success.ast)) {
    return { schema: withoutNull(success), at: "", holding: (value: unknown): unknown => value }
  }
  const [item] = success.ast.rest
  return item === undefined ? undefined : within("", Schema.make(item))
}

/** What is answered where not null is. */
const withoutNull = (schema: Schema.Top): Schema.Top => {
  if (!SchemaAST.isUnion(schema.ast) || !isNullable(schema)) return schema
  const [first, ...others] = schema.ast.types.filter((type) => !SchemaAST.isNull(type))
  return first === undefined || others.length > 0 ? schema : Schema.make(first)
}

const isNullable = (schema: Schema.Top): boolean => Schema.is(schema as Schema.Codec<unknown>)(null)

/** An object with a value at a place: `data.articles`. */
const putAt = (path: string, value: unknown): object =>
  Object(path.split(".").reduceRight<unknown>((inner, field) => ({ [field]: inner }), value))

/** Two values of JSON, two addresses, or two of anything else. */
const assertSame = (actual: unknown, expected: unknown) =>
  expected instanceof URL
    ? assert.strictEqual(actual instanceof URL ? actual.href : actual, expected.href)
    : assert.deepStrictEqual(actual, expected)

const Note = Wire.open({ type: Schema.String, id: Schema.String })

/** What operations are to come to: a form of each part that some do not have yet. */
class Forms extends Resource.Service<Forms>()("Forms", {
  text: Endpoint.get("/forms/:id/text", { params: { id: Schema.String }, success: Endpoint.Text }),
  bytes: Endpoint.get("/forms/:id/bytes", { params: { id: Schema.String }, success: Endpoint.Bytes }),
  location: Endpoint.get("/forms/:id/location", { params: { id: Schema.String }, success: Endpoint.Location }),
  optional: Endpoint.post("/forms/optional", {
    payload: Schema.Struct({ id: Schema.String, note: Wire.optional(Schema.String) }),
    success: Wire.open({ type: Schema.String, id: Schema.String }),
    body: "optional"
  }),
  union: Endpoint.post("/forms", {
    payload: Schema.Union([Schema.Struct({ id: Schema.String }), Schema.Struct({ email: Schema.String })]),
    success: Wire.open({ type: Schema.String, id: Schema.String, count: Schema.Finite })
  }),
  array: Endpoint.get("/forms/array", {
    query: Schema.Struct({ name: Wire.optional(Wire.queryText(Schema.String)) }),
    success: Schema.Array(Wire.open({ type: Schema.String, id: Schema.String, name: Wire.nullish(Schema.String) }))
  }),
  list: Endpoint.get("/forms/:form_id/notes", {
    params: { form_id: Schema.String },
    query: Schema.Struct({ page: Wire.optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))) }),
    success: Wire.listing({ data: Wire.open({ notes: Schema.Array(Note) }), pages: Wire.nullish(Pagination.Pages) }),
    pages: Pagination.page("data.notes", Note)
  }),
  listAll: Endpoint.get("/forms/:form_id/tags/:tag_id/notes", {
    params: { form_id: Schema.String, tag_id: Schema.String },
    success: Wire.listing({ data: Schema.Array(Note), pages: Wire.nullish(Pagination.Pages) }),
    pages: Pagination.single("data", Note)
  }),
  open: Endpoint.put("/forms/:form_id", {
    params: { form_id: Schema.String },
    payload: Schema.Struct({ do: Schema.Literal("open") }),
    success: Note,
    alternativeOf: "manage"
  }),
  close: Endpoint.put("/forms/:form_id", {
    params: { form_id: Schema.String },
    payload: Schema.Struct({ do: Schema.Literal("close"), note: Wire.optional(Schema.String) }),
    success: Note,
    alternativeOf: "manage"
  }),
  detach: Endpoint.del("/forms/:form_id/tags/:tag_id", {
    params: { form_id: Schema.String, tag_id: Schema.String },
    payload: Schema.Struct({ admin_id: Schema.String }),
    success: Wire.open({ id: Schema.String, deleted: Wire.nullish(Schema.Boolean) })
  })
}) {}

const all: ReadonlyArray<ApiOperation> = [
  ...operations,
  ...Resource.operations(Forms).map((operation) => ({ ...operation, resource: Forms }))
]

describe.each(all.map((operation) => [operation.name, operation] as const))("%s", (name, operation) => {
  const { endpoint, idempotent, method, path } = operation
  const schemas = Object.entries(Examples.parts(operation))
  const answered = Effect.map(Examples.answer(operation), (value) => success(operation, value))

  it.effect.prop(
    "sends what its types allow, and hands over what comes, unknown fields included",
    { request: Examples.requests(operation), answer: Examples.answers(operation) },
    ({ answer, request }) =>
      Effect.forEach(versionsOf(operation), (version) => {
        const body = grown(received(operation, answer))
        const server = Scripted.make([success(operation, body)])
        return Effect.map(call(server, operation, request, version), (value) => {
          assertSame(value, endpoint.success === undefined ? undefined : body)
          const [sent] = server.sent
          assert.isDefined(sent)
          assert.strictEqual(sent.method, method)
          const segments = path.split("/").map((segment) => request.params?.[segment.slice(1, -1)] ?? segment)
          assert.deepStrictEqual(sent.url.pathname.split("/").map(decodeURIComponent), segments)
          const { payload, query } = endpoint
          assert.deepStrictEqual(
            Object.fromEntries(sent.url.searchParams),
            query === undefined ? {} : defined(sentAs(query, request.query))
          )
          assert.strictEqual(sent.body === undefined, payload === undefined)
          assert.deepStrictEqual(
            withoutDigits(sent.body),
            withoutDigits(payload === undefined ? undefined : sentAs(payload, request.payload))
          )
          assert.strictEqual(sent.headers["content-type"], endpoint.payload && "application/json")
          const { fields = [], since = "" } = endpoint.strings ?? {}
          const form = ApiVersion.isAtLeast(version, since) ? "string" : "number"
          for (const field of fields) {
            const given: unknown = Object(sent.body)[field] ?? undefined
            if (given !== undefined) assert.strictEqual(typeof given, form, `${field} at ${version}`)
          }
        })
      }),
    runsOf(operation)
  )

  const inputs = schemas.filter(([part, schema]) => part !== "params" && isClosed(schema))
  it.effect.each(inputs)("refuses a field its %s does not have, and one that is missing", ([part, schema]) =>
    Effect.gen(function* () {
      const request = yield* Examples.request(operation)
      const given = part === "query" ? request.query : request.payload
      yield* refused(operation, { ...request, [part]: { ...given, no_such_field: 1 } }, "no_such_field")
      for (const field of fieldsOf(Schema.toType(schema)).required) {
        yield* refused(operation, { ...request, [part]: without(given, field) }, field)
        yield* refused(operation, { ...request, [part]: { ...given, [field]: undefined } }, field)
      }
    })
  )

  const impossible = (endpoint.query === undefined ? [] : fieldsOf(endpoint.query).typed).flatMap(([field, type]) => {
    // There is no such page; a lone surrogate would become another character in a URL, and ask for another thing.
    const values = type === "string" ? ["\ud800"] : /^(per_)?page$/.test(field) ? [0, 1.5] : []
    return values.map((value) => ({ field, value }))
  })
  it.effect.each(impossible)("refuses what cannot be $field", ({ field, value }) =>
    Effect.flatMap(Examples.request(operation), (request) =>
      refused(operation, { ...request, query: { ...request.query, [field]: value } }, field)
    )
  )

  it.effect.each(Object.keys(endpoint.params))("encodes %s as one segment, and refuses what is none", (id) =>
    Effect.gen(function* () {
      const request = yield* Examples.request(operation)
      const odd = { ...request, params: { ...request.params, [id]: "a/b?c#d%e é" } }
      const server = Scripted.make([yield* answered])
      yield* call(server, operation, odd)
      assert.include(server.sent[0]?.url.pathname, "/a%2Fb%3Fc%23d%25e%20%C3%A9")
      for (const none of ["", ".", "..", "\ud800"]) {
        yield* refused(operation, { ...request, params: { ...request.params, [id]: none } }, id)
      }
    })
  )

  const errors = endpoint.error.map((error) => ({
    status: Number(Schema.resolveAnnotations(error)?.["httpApiStatus"]),
    tag: String(SchemaAST.resolveIdentifier(error.ast)).replace(/Response$/, "")
  }))
  const always = [
    { status: 401, tag: "Unauthorized" },
    { status: 403, tag: "Forbidden" }
  ]
  it.effect.each([...errors, ...always])("fails with $tag for a $status", ({ status, tag }) =>
    Effect.gen(function* () {
      const problem = { code: "some_code", message: "Some message" }
      const { error, sent } = yield* failure(
        operation,
        yield* Examples.request(operation),
        Scripted.errorList(status, problem)
      )
      assert.deepInclude({ ...error }, { operation: name, method, path })
      assert.strictEqual<string>(error.reason._tag, tag)
      assert.deepInclude({ ...error.reason }, { status, requestId: "req-1", errors: [problem] })
      assert.lengthOf(sent, 1)
    })
  )

  it.effect(idempotent ? "is sent again when its fate is unknown" : "is never sent twice", () =>
    Effect.gen(function* () {
      const request = yield* Examples.request(operation)
      const answer = yield* answered
      for (const fate of [Scripted.lost("ECONNRESET"), Scripted.status(503)]) {
        const server = Scripted.make([fate, answer])
        const exit = yield* Effect.exit(Scripted.elapse(call(server, operation, request)))
        assert.strictEqual(exit._tag, idempotent ? "Success" : "Failure")
        assert.lengthOf(server.sent, idempotent ? 2 : 1)
      }
    })
  )

  it.effect("is a span of its name", () =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const server = Scripted.make([yield* answered])
      yield* observed.watch(call(server, operation, yield* Examples.request(operation)))
      assert.deepStrictEqual(
        observed.spans.map(({ name }) => name),
        [name]
      )
      assert.deepInclude(Object.fromEntries(observed.spans[0]?.attributes ?? []), {
        "http.request.method": method,
        "url.template": path,
        "intercom.operation_id": operation.operationId
      })
    })
  )

  const record = recordOf(operation)
  if (record === undefined) return

  const { all, required } = fieldsOf(record.schema)
  if (all.length > 0)
    it.effect("takes a record with nothing but type and id, and null or nothing for each other field", () =>
      Effect.gen(function* () {
        const request = yield* Examples.request(operation)
        const value = Object(yield* Examples.one(Examples.values(record.schema)))
        const bare = Object.fromEntries(required.map((field) => [field, value[field]]))
        assert.includeMembers(["type", "id", ...(promised[name] ?? [])], [...required])
        const nulls = Object.fromEntries(all.map((field) => [field, bare[field] ?? null]))
        for (const value of [bare, nulls]) {
          const body = record.holding(value)
          const taken = yield* call(Scripted.make([success(operation, body)]), operation, request)
          assert.deepStrictEqual(taken, body)
        }
      })
    )

  it.effect("tells where an answer does not fit", () =>
    Effect.gen(function* () {
      const request = yield* Examples.request(operation)
      const misfits = function* (body: unknown, path: string) {
        const { error } = yield* failure(operation, request, success(operation, body))
        assert(error.reason._tag === "DecodeError", error.reason._tag)
        assert.strictEqual(error.reason.kind, "invalid")
        assert.include(
          error.reason.mismatches.map(({ path }) => path),
          path
        )
      }
      if (!isNullable(endpoint.success ?? Schema.Void)) yield* misfits(null, "")
      yield* misfits(record.holding(7), record.at)
      const value = Object(yield* Examples.one(Examples.values(record.schema)))
      const is = Schema.is(record.schema)
      for (const field of required) {
        const path = record.at === "" ? field : `${record.at}.${field}`
        yield* misfits(record.holding(without(value, field)), path)
        const other = [7, "no such value", {}].find((other) => !is({ ...value, [field]: other }))
        if (other !== undefined) yield* misfits(record.holding({ ...value, [field]: other }), path)
      }
    })
  )
})

/** What the two pages of a walk say of the next one, and what the second is asked with. */
const walks: {
  readonly [Style in Pagination.Style]: {
    readonly first: object
    readonly last: object
    readonly asked: object
  }
} = {
  cursor: { first: { pages: { next: { starting_after: "c" } } }, last: { pages: {} }, asked: { starting_after: "c" } },
  search: {
    first: { pages: { next: { starting_after: "c" } } },
    last: { pages: {} },
    asked: { pagination: { starting_after: "c" } }
  },
  page: {
    first: { pages: { page: 1, total_pages: 2, next: null } },
    last: { pages: { page: 2, total_pages: 2, next: null } },
    asked: { page: "2" }
  },
  scroll: { first: { scroll_param: "s" }, last: { scroll_param: "s" }, asked: { scroll_param: "s" } },
  url: { first: { pages: { next: "?cursor=u" } }, last: { pages: { next: null } }, asked: { cursor: "u" } },
  single: { first: { pages: { page: 1, per_page: 1, total_pages: 1, next: null } }, last: {}, asked: {} }
}

const listings = all.flatMap((operation) => {
  const { pages } = operation.endpoint
  return pages === undefined ? [] : [{ name: operation.name, operation, pages }]
})

describe.each(listings)("$name", ({ operation, pages }) => {
  const { items, style } = pages
  const walk = walks[style]

  /** Without a place to start at. */
  const first = Effect.map(Examples.request(operation), ({ payload, query, ...ids }): Examples.Request => ({
    ...ids,
    ...(payload === undefined ? undefined : { payload: { ...payload, pagination: undefined } }),
    ...(query === undefined
      ? undefined
      : { query: { ...query, ...Object.fromEntries(Object.keys(walk.asked).map((name) => [name, undefined])) } })
  }))

  const records = Effect.map(Examples.one(Examples.values(pages.item)), (record) =>
    ["1", "2"].map((id): object => ({ ...Object(record), id }))
  )

  it("is asked for a page the way it is walked", () => {
    const { payload, query } = operation.endpoint
    const fields = new Set([query, payload].flatMap((schema) => (schema === undefined ? [] : fieldsOf(schema).all)))
    const ways = ["page", "starting_after", "scroll_param", "pagination"]
    // A URL says all of the next page.
    const asked = style === "url" ? [] : Object.keys(walk.asked)
    assert.deepStrictEqual(
      ways.filter((way) => fields.has(way)),
      asked
    )
  })

  it.effect("walks its records, to the page that has no next", () =>
    Effect.gen(function* () {
      const [one, two] = yield* records
      const bodies = [
        { ...putAt(items, [one]), ...walk.first },
        { ...putAt(items, [two]), ...walk.last },
        ...(style === "scroll" ? [putAt(items, [])] : [])
      ]
      const server = Scripted.make(bodies.map((body) => Scripted.json(body)))
      const args = Examples.argumentsOf(yield* first)
      const found = yield* on(server, operation, (method) => Stream.runCollect(method.items?.(...args) ?? Stream.empty))
      assert.deepStrictEqual(found, wire(style === "single" ? [one] : [one, two]))
      assert.lengthOf(server.sent, style === "single" ? 1 : bodies.length)
      const [, sent] = server.sent
      if (sent === undefined) return
      const query = Object.fromEntries(sent.url.searchParams)
      assert.deepInclude(style === "search" ? Object(sent.body) : query, walk.asked)
    })
  )

  it.effect("is not refused for what nothing relies on", () =>
    Effect.gen(function* () {
      const request = yield* first
      const [record] = yield* records
      for (const value of ["1", 1, 1.5, true, null, {}, [1], "many"]) {
        const page = { type: value, per_page: value, since: value, next: null }
        const body = { type: value, total_count: value, ...putAt(items, [record]), pages: page }
        assert.deepStrictEqual(yield* call(Scripted.make([Scripted.json(body)]), operation, request), wire(body))
      }
    })
  )

  it.effect("names the record that does not fit, and hands it over to who asks for it", () =>
    Effect.gen(function* () {
      const request = yield* first
      const [record] = yield* records
      const answer = Scripted.json({ ...putAt(items, [record, 7]), ...walk.first })
      const { error } = yield* failure(operation, request, answer)
      assert(error.reason._tag === "DecodeError", error.reason._tag)
      assert.deepStrictEqual(
        error.reason.mismatches.map(({ path }) => path),
        [`${items}[1]`]
      )
      const invalid: Array<unknown> = []
      const options = {
        prefetch: 0,
        onInvalid: ({ raw }: Pagination.Invalid) => Effect.sync(() => void invalid.push(raw))
      }
      const { payload, query } = operation.endpoint
      // What says what to list comes first, even where there is nothing to say.
      const listed = query === undefined && payload === undefined ? [{}] : []
      const args = [...Examples.argumentsOf(request), ...listed, options]
      const server = Scripted.make([answer, Scripted.json(putAt(items, []))])
      const walked = on(server, operation, (method) =>
        Stream.runCollect(Stream.take(method.items?.(...args) ?? Stream.empty, 1))
      )
      assert.deepStrictEqual(yield* walked, [wire(record)])
      assert.deepStrictEqual(invalid, [7])
    })
  )
})

describe("operations", () => {
  it("are idempotent as their methods are, but for what lists, scrolls, and what is said to be", () => {
    const expected = ({ endpoint: { pages }, method, name, path }: ApiOperation): boolean | undefined => {
      if (method !== "POST") return method !== "PATCH" && pages?.style !== "scroll"
      if (pages !== undefined || upserts.has(name)) return true
      // What is done to a record, or searched for without pages, is documented to be safe or not.
      return /\{|\/search$/.test(path) ? undefined : false
    }
    for (const operation of operations) {
      assert.strictEqual(operation.idempotent, expected(operation) ?? operation.idempotent, operation.name)
    }
  })

  it("have names and ids of their own; alternatives of one have its id", () => {
    const names = operations.map(({ name }) => name)
    assert.deepStrictEqual([...new Set(names)], names)
    const paths = operations.map(({ operationId }) => operationId)
    const apart = Map.groupBy(operations, ({ endpoint: { alternativeOf }, method, name, path }) =>
      alternativeOf === undefined ? name : `${method} ${path}`
    )
    assert.strictEqual(new Set(paths).size, apart.size)
  })
})
