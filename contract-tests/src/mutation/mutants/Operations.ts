/** Changes of operations, and of what surrounds their schemas: parameters, bodies, answers. */
import type * as JsonPatch from "effect/JsonPatch"
import * as Document from "../../document/Document.ts"
import * as JsonNode from "../../schema/JsonNode.ts"
import * as NormalizedSchema from "../../schema/NormalizedSchema.ts"
import { type Expected, type Json, type Mutant, add, below, remove, renamed, replace, without } from "./Mutant.ts"

export const bare = { operationId: "brandNew", responses: { "200": { description: "fine" } } }

export const paths = ({ operations, root }: Document.Document): ReadonlyArray<Mutant> => {
  const all = JsonNode.record(JsonNode.child(root, "paths") ?? JsonNode.make({}))
  return Object.entries(all).flatMap(([path, item]): ReadonlyArray<Mutant> => {
    const pointer = below("/paths", path)
    const names = operations.filter((one) => one.path === path).map(({ name }) => name)
    const of = (operator: string, description: string, expected: Expected, next: Json): Mutant => ({
      kind: "path",
      operator,
      pointer,
      description,
      expected,
      patch: [replace("/paths", next)],
      operations: names
    })
    const called = (operator: string, to: string): ReadonlyArray<Mutant> =>
      to === path ? [] : [of(operator, `${path} becomes ${to}`, "breaking", renamed(all, path, to))]
    return [
      of("path-removed", `${path} is gone`, "breaking", without(all, path)),
      ...called("path-renamed", path.replace(/^\/(\w+)/, "/$1_x")),
      ...called("path-prefixed", `/v2${path}`),
      ...called(
        "path-upper-cased",
        path.replace(/^\/(\w)/, (first) => first.toUpperCase())
      ),
      ...called("path-slashed", `${path}/`),
      ...called("path-deepened", `${path}/all`),
      ...called("path-parameter-fixed", path.replace(/\{[^}]*\}/, "one")),
      of("path-parameter-required", `a parameter of all of ${path} is required`, "breaking", {
        ...all,
        [path]: {
          ...(JsonNode.isRecord(item) ? item : {}),
          parameters: [
            ...(JsonNode.isRecord(item) && Array.isArray(item["parameters"]) ? item["parameters"] : []),
            { name: "brand_new", in: "query", required: true, schema: { type: "string" } }
          ]
        }
      }),
      of("path-added", `${path}/brand_new is new`, "drift", { ...all, [`${path}/brand_new`]: { get: bare } }),
      ...["get", "put", "delete", "patch"]
        .filter((method) => JsonNode.isRecord(item) && !(method in item))
        .slice(0, 2)
        .map((method): Mutant => ({
          kind: "operation",
          operator: `operation-added-${method}`,
          pointer: below(pointer, method),
          description: `${method} ${path} is new`,
          expected: "drift",
          patch: [add(below(pointer, method), bare)]
        }))
    ]
  })
}

export const operationsOf = (operation: Document.Operation): ReadonlyArray<Mutant> => {
  const { node, path } = operation
  const item = below("/paths", path)
  const { pointer } = node
  const of = (operator: string, description: string, expected: Expected, patch: JsonPatch.JsonPatch): Mutant => ({
    kind: "operation",
    operator,
    pointer,
    description,
    expected,
    patch,
    operations: [operation.name]
  })
  const method = ["put", "patch", "delete"]
  return [
    of("operation-removed", `${operation.name} is gone`, "breaking", [remove(pointer)]),
    of("callback-added", `${operation.name} calls back`, "drift", [
      add(below(pointer, "callbacks"), { done: { "{$request.body#/url}": { post: bare } } })
    ]),
    ...method.map((to) =>
      of(`method-to-${to}`, `${operation.name} becomes ${to}`, "breaking", [
        remove(pointer),
        add(below(item, to), node.value)
      ])
    )
  ]
}

export const parametersOf = (operation: Document.Operation): ReadonlyArray<Mutant> => {
  const list = JsonNode.child(operation.node, "parameters")
  const end = list === undefined ? undefined : below(list.pointer, Array.isArray(list.value) ? list.value.length : 0)
  const with_ = (parameter: Json) =>
    end === undefined ? [add(below(operation.node.pointer, "parameters"), [parameter])] : [add(end, parameter)]
  const of = (
    operator: string,
    pointer: string,
    description: string,
    expected: Expected,
    patch: JsonPatch.JsonPatch
  ): Mutant => ({ kind: "parameter", operator, pointer, description, expected, patch, operations: [operation.name] })
  const news = (["query", "header", "cookie"] as const).flatMap((place) => [
    of(
      `${place}-parameter-added`,
      operation.node.pointer,
      `there is a new ${place} parameter`,
      "drift",
      with_({ name: "brand_new", in: place, schema: { type: "string" } })
    ),
    of(
      `required-${place}-parameter-added`,
      operation.node.pointer,
      `there is a new ${place} parameter, and it is required`,
      "breaking",
      with_({ name: "brand_new", in: place, required: true, schema: { type: "string" } })
    )
  ])
  const versions = (["pattern", "const"] as const).map((keyword) =>
    of(
      `version-header-${keyword}`,
      operation.node.pointer,
      `the version header is of another version, by its ${keyword}`,
      "breaking",
      with_({
        name: "Intercom-Version",
        in: "header",
        schema: { type: "string", [keyword]: keyword === "const" ? "1.4" : "^1\\." }
      })
    )
  )
  const each = operation.parameters.flatMap(({ in: place, name, node, required, schema }): ReadonlyArray<Mutant> => {
    const { pointer } = node
    const { schema: written, ...rest } = JsonNode.record(node)
    const isText = schema !== undefined && NormalizedSchema.of([schema])?.kinds.has("string") === true
    const elsewhere = ["query", "header", "cookie"].filter((other) => other !== place)
    return [
      of("parameter-removed", pointer, `${place} parameter ${name} is gone`, "breaking", [remove(pointer)]),
      of("parameter-renamed", pointer, `${place} parameter ${name} is called ${name}_x`, "breaking", [
        replace(below(pointer, "name"), `${name}_x`)
      ]),
      of("parameter-upper-cased", pointer, `${place} parameter ${name} is written in capitals`, "breaking", [
        replace(below(pointer, "name"), name.toUpperCase())
      ]),
      ...(place === "query" && name === "page" && written !== undefined
        ? [
            of("pages-from-0", pointer, "pages are counted from 0", "breaking", [
              add(below(pointer, "schema"), { ...(JsonNode.isRecord(written) ? written : {}), default: 0 })
            ])
          ]
        : []),
      ...(place === "path"
        ? ["matrix", "label"].map((style) =>
            of(`parameter-style-${style}`, pointer, `path parameter ${name} is in style ${style}`, "breaking", [
              add(below(pointer, "style"), style)
            ])
          )
        : []),
      ...(written === undefined || place !== "query"
        ? []
        : [
            of("parameter-as-json", pointer, `query parameter ${name} is JSON`, isText ? "breaking" : "changed", [
              replace(pointer, { ...rest, content: { "application/json": { schema: written } } })
            ])
          ]),
      ...elsewhere.map((other) =>
        of(`parameter-to-${other}`, pointer, `${place} parameter ${name} moves to ${other}`, "breaking", [
          replace(below(pointer, "in"), other)
        ])
      ),
      ...(required || place === "path"
        ? []
        : [
            of("parameter-required", pointer, `${place} parameter ${name} is required`, "breaking", [
              add(below(pointer, "required"), true)
            ])
          ])
    ]
  })
  return [...news, ...versions, ...each]
}

export const bodiesOf = ({ body, name, node }: Document.Operation): ReadonlyArray<Mutant> => {
  const of = (
    kind: string,
    operator: string,
    pointer: string,
    description: string,
    expected: Expected,
    patch: JsonPatch.JsonPatch
  ): Mutant => ({ kind, operator, pointer, description, expected, patch, operations: [name] })
  if (body === undefined) {
    const at = below(node.pointer, "requestBody")
    const content = {
      "application/json": { schema: { type: "object", properties: { brand_new: { type: "string" } } } }
    }
    return [
      of("body", "body-added", at, "a body can be sent", "drift", [add(at, { content })]),
      of("body", "required-body-added", at, "a body must be sent", "breaking", [add(at, { content, required: true })])
    ]
  }
  const { pointer } = body.node
  const content = below(pointer, "content")
  const all = JsonNode.record(JsonNode.child(body.node, "content") ?? JsonNode.make({}))
  const [type] = Object.keys(all)
  const schema = Document.jsonOf(body.content)
  if (type === undefined) return []
  return [
    of("body", "body-removed", pointer, "no body can be sent", "breaking", [remove(pointer)]),
    ...(body.required
      ? [
          of("body", "body-optional", below(pointer, "required"), "the body may be left out", "drift", [
            replace(below(pointer, "required"), false)
          ]),
          of("body", "body-required-removed", below(pointer, "required"), "the body may be left out", "drift", [
            remove(below(pointer, "required"))
          ])
        ]
      : []),
    ...(schema === undefined
      ? []
      : [
          of("body", "body-listed", schema.pointer, "the body is an array of what it was", "breaking", [
            replace(schema.pointer, { type: "array", items: schema.value })
          ]),
          of("body", "body-wrapped", schema.pointer, "the body is wrapped in `data`", "breaking", [
            replace(schema.pointer, { type: "object", properties: { data: schema.value }, required: ["data"] })
          ]),
          of("body", "body-undescribed", schema.pointer, "the body has no schema", "drift", [remove(schema.pointer)])
        ]),
    ...[
      "application/xml",
      "application/x-www-form-urlencoded",
      "application/vnd.intercom+json",
      `${type}; version=2`
    ].map((to) =>
      of("content type", "request-type-changed", content, `${type} becomes ${to}`, "breaking", [
        replace(content, renamed(all, type, to))
      ])
    ),
    of("content type", "request-type-added", content, "another content type is taken", "drift", [
      add(below(content, "application/xml"), { schema: { type: "object" } })
    ])
  ]
}

export const responsesOf = (operation: Document.Operation): ReadonlyArray<Mutant> => {
  const responses = JsonNode.child(operation.node, "responses")
  if (responses === undefined) return []
  const all = JsonNode.record(responses)
  const of = (
    kind: string,
    operator: string,
    pointer: string,
    description: string,
    expected: Expected,
    patch: JsonPatch.JsonPatch
  ): Mutant => ({ kind, operator, pointer, description, expected, patch, operations: [operation.name] })
  const added = ["201", "206", "410", "default"].filter((status) => !(status in all))
  const declared = operation.responses.flatMap((response): ReadonlyArray<Mutant> => {
    const { content, status } = response
    const success = Document.isSuccess(response)
    const at = below(responses.pointer, status)
    // Shared by operations, if it is a component.
    const { pointer: place } = response.node
    const written = JsonNode.record(response.node)
    const to = (next: string) =>
      next === status || next in all
        ? []
        : [
            of(
              "status",
              `status-to-${next}`,
              at,
              `${status} becomes ${next}`,
              success && next !== "default" ? "breaking" : "drift",
              [replace(responses.pointer, renamed(all, status, next))]
            )
          ]
    const json = [...content.keys()].find((type) => type.includes("json"))
    const types = JsonNode.record(JsonNode.child(response.node, "content") ?? JsonNode.make({}))
    const put = (next: { readonly [key: string]: Json }) => [replace(place, { ...written, ...next })]
    return [
      of("status", "status-removed", at, `${status} is gone`, success ? "breaking" : "drift", [remove(at)]),
      ...(success ? ["201", "204", "2XX", "default"].flatMap(to) : ["418"].flatMap(to)),
      ...(json === undefined
        ? success
          ? [
              of("body", "response-body-added", at, "the answer has a body", "drift", [
                replace(place, { ...written, content: { "application/json": { schema: { type: "object" } } } })
              ])
            ]
          : []
        : [
            of(
              success ? "body" : "error body",
              "response-body-removed",
              at,
              "the answer has no body",
              success ? "breaking" : "drift",
              [replace(place, without(written, "content"))]
            ),
            of(
              success ? "body" : "error body",
              "response-undescribed",
              at,
              "the body of the answer has no schema",
              success ? "breaking" : "drift",
              put({ content: { ...types, [json]: {} } })
            ),
            ...["text/html", "application/xml", "application/hal+json", `${json}; charset=iso-8859-1`].map((type) =>
              of(
                "content type",
                success ? "response-type-changed" : "error-type-changed",
                at,
                `${json} becomes ${type}`,
                success ? "breaking" : "drift",
                put({ content: renamed(types, json, type) })
              )
            ),
            of(
              "content type",
              "response-type-added",
              at,
              "another content type may come",
              "drift",
              put({ content: { ...types, "text/csv": { schema: { type: "string" } } } })
            ),
            ...(success
              ? []
              : [
                  of(
                    "error shape",
                    "error-replaced",
                    at,
                    "an error is an object with a message",
                    "breaking",
                    put({
                      content: {
                        ...types,
                        [json]: {
                          schema: { type: "object", properties: { message: { type: "string" } }, required: ["message"] }
                        }
                      }
                    })
                  ),
                  of(
                    "error shape",
                    "error-single",
                    at,
                    "an error is one entry of the list",
                    "breaking",
                    put({
                      content: {
                        ...types,
                        [json]: {
                          schema: {
                            type: "object",
                            properties: { code: { type: "string" }, message: { type: "string" } },
                            required: ["code"]
                          }
                        }
                      }
                    })
                  )
                ])
          ]),
      ...headersOf(operation, response)
    ]
  })
  return [
    ...declared,
    ...added.map((status) =>
      of("status", `status-added-${status}`, below(responses.pointer, status), `${status} is new`, "drift", [
        add(below(responses.pointer, status), { description: "new" })
      ])
    )
  ]
}

const headersOf = ({ name: operation }: Document.Operation, response: Document.Response): ReadonlyArray<Mutant> => {
  const { pointer: at } = response.node
  const written = JsonNode.record(response.node)
  const headers = JsonNode.record(JsonNode.child(response.node, "headers") ?? JsonNode.make({}))
  const of = (operator: string, description: string, next: { readonly [name: string]: Json }): Mutant => ({
    kind: "response header",
    operator,
    pointer: below(at, "headers"),
    description,
    expected: "drift",
    patch: [replace(at, { ...written, headers: next })],
    operations: [operation]
  })
  // Only where there are any: most documents describe none.
  if (Object.keys(headers).length === 0) return []
  return [
    ...Object.keys(headers).flatMap((name) => [
      of("header-removed", `${name} is gone`, without(headers, name)),
      of("header-renamed", `${name} is called ${name}-X`, renamed(headers, name, `${name}-X`))
    ]),
    of("header-added", "there is a new header", { ...headers, "X-Brand-New": { schema: { type: "string" } } })
  ]
}
