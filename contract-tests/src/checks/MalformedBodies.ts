/** Answers no document permits, and odd ones that some do: as bytes, and as what a broken connection leaves of them. */
import type * as Schema from "effect/Schema"
import * as JsonNode from "../schema/JsonNode.ts"

/**
 * What must come of it: `malformed` and `invalid` are decode errors, `status` is the error of the status, `typed` is
 * any typed error or a value.
 */
export type Outcome = "malformed" | "invalid" | "status" | "typed"

export interface Answer {
  readonly name: string
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array<ArrayBuffer> | undefined
  readonly outcome: Outcome
  /** The field that is wrong, which the error must name. */
  readonly field?: string
}

const utf8 = new TextEncoder()
const bytes = (text: string): Uint8Array<ArrayBuffer> => utf8.encode(text)
const json = { "content-type": "application/json" } as const
const html = "<!DOCTYPE html><html><head><title>502</title></head><body>Bad gateway</body></html>"
const depth = 10_000

/** An `error.list` as the API sends it. */
export const errorList = JSON.stringify({
  type: "error.list",
  request_id: "edge",
  errors: [{ code: "edge", message: "An edge" }]
})

/** JSON with further fields, written by hand: `JSON.stringify` has no duplicates, no depth, no `__proto__`. */
const withFields = (text: string, fields: string): string =>
  text === "{}" ? `{${fields}}` : text.startsWith("{") ? `{${fields},${text.slice(1)}` : text

const utf16 = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array([0xff, 0xfe, ...[...text].flatMap((character) => [(character.codePointAt(0) ?? 0) & 0xff, 0])])

const spoilt = (text: string): Uint8Array<ArrayBuffer> => {
  const spoilt = bytes(text)
  const middle = text.lastIndexOf('"') - 1
  if (middle > 0) spoilt[middle] = 0xff
  return spoilt
}

/** A number that no text of JSON.stringify has, in place of every number. */
const withNumbers = (text: string, number: string): string => text.replaceAll(/:\d+(?=[,}\]])/g, `:${number}`)

const wrongKinds = (value: Schema.Json | undefined): ReadonlyArray<Schema.Json> =>
  typeof value === "string" || value === null ? [7, { edge: true }] : ["edge", Array.isArray(value) ? {} : ["edge"]]

/** A body as it should be. */
export const plain = (status: number, body: string): Answer => ({
  name: "a body",
  status,
  headers: json,
  body: bytes(body),
  outcome: "typed"
})

/** Whether an answer of a status has no body, whatever it says (RFC 9110). */
export const isBodiless = (status: number): boolean => status === 204 || status === 205 || status === 304

/** Success in status, and something else in the body. `good` is a body the document permits, as text. */
export const bodies = (status: number, good: string, secret: string): ReadonlyArray<Answer> => {
  if (isBodiless(status)) return []
  const of = (
    name: string,
    body: string | Uint8Array<ArrayBuffer> | undefined,
    outcome: Outcome,
    headers: Answer["headers"] = json
  ): Answer => ({ name, status, headers, body: typeof body === "string" ? bytes(body) : body, outcome })
  const parsed: unknown = JSON.parse(good)
  const fields = JsonNode.isRecord(parsed) ? Object.entries(parsed) : []
  const deepList = "[".repeat(depth) + "]".repeat(depth)
  const deepObject = '{"a":'.repeat(depth) + "1" + "}".repeat(depth)
  return [
    of("no body", undefined, "malformed", { "content-length": "0" }),
    of("an empty body", "", "malformed"),
    of("white space", " \n", "malformed"),
    of("null", "null", "invalid"),
    of("a list", "[]", "invalid"),
    of("a text", '"edge"', "invalid"),
    of("a number", "0", "invalid"),
    of("true", "true", "invalid"),
    of("half a body", good.slice(0, Math.ceil(good.length / 2)), "malformed"),
    of("a body less its last character", good.slice(0, -1), "malformed"),
    of("two bodies", good + good, "malformed"),
    of("a page of HTML", html, "malformed", { "content-type": "text/html" }),
    of("a page of HTML that says it is JSON", html, "malformed"),
    of("a page that holds the token", `<p>${secret}</p>`, "malformed"),
    of("JSON that says it is HTML", good, "typed", { "content-type": "text/html" }),
    of("JSON without a content type", good, "typed", {}),
    of("a byte order mark", `\ufeff${good}`, "typed"),
    of("UTF-16", utf16(good), "malformed"),
    of("bytes that are no UTF-8", new Uint8Array([0xff, 0xfe, 0xfd]), "malformed"),
    of("a text that is no UTF-8", spoilt(good), "typed"),
    of("NaN", good.startsWith("{") ? withFields(good, '"edge":NaN') : "[NaN]", "malformed"),
    of("undefined", "undefined", "malformed"),
    of("a comment", `/* edge */${good}`, "malformed"),
    of("a comma too many", `${good.slice(0, -1)},}`, "malformed"),
    of("huge integers", withNumbers(good, "123456789012345678901234567890"), "typed"),
    of("numbers too large for any", withNumbers(good, "1e400"), "typed"),
    of("2^53 + 1", withNumbers(good, "9007199254740993"), "typed"),
    of("lists nested 10,000 deep", deepList, "invalid"),
    of("objects nested 10,000 deep", deepObject, "typed"),
    of("a field nested 10,000 deep", withFields(good, `"edge":${deepList}`), "typed"),
    of("lists without an end", "[".repeat(depth), "malformed"),
    of("keys twice", withFields(good, '"type":7,"id":{},"data":0'), "typed"),
    of("__proto__", withFields(good, '"__proto__":{"polluted":true},"constructor":{"prototype":null}'), "typed"),
    of("names of methods", withFields(good, '"toString":1,"hasOwnProperty":null,"valueOf":{},"then":"edge"'), "typed"),
    of("an error with the status of a success", errorList, "invalid"),
    ...fields.flatMap(([name, value]) => [
      ...wrongKinds(value).map((wrong): Answer => ({
        ...of(`${name} of another type`, JSON.stringify({ ...(parsed as object), [name]: wrong }), "invalid"),
        field: name
      })),
      ...(Array.isArray(value)
        ? [null, 7, "edge", []].map((item): Answer => ({
            ...of(
              `${name} with an item of another type`,
              JSON.stringify({ ...(parsed as object), [name]: [item] }),
              "invalid"
            ),
            field: name
          }))
        : [])
    ])
  ]
}

/** Other statuses. */
export const statuses = (good: string): ReadonlyArray<Answer> => {
  const of = (
    status: number,
    body: string | undefined,
    outcome: Outcome = "status",
    headers: Answer["headers"] = json
  ): Answer => ({
    name: `status ${status} with ${body === undefined ? "no body" : body === html ? "a page of HTML" : body === good ? "the body of a success" : body.slice(0, 40)}`,
    status,
    headers,
    body: body === undefined ? undefined : bytes(body),
    outcome
  })
  return [
    of(204, undefined, "malformed", {}),
    of(205, undefined, "malformed", {}),
    of(206, good.slice(0, -1), "malformed"),
    of(203, good, "typed"),
    of(301, html, "status", { location: "https://elsewhere.example/", "content-type": "text/html" }),
    of(302, undefined, "status", { location: "/" }),
    of(304, undefined, "status", {}),
    ...[400, 401, 403, 404, 409, 410, 418, 422, 429, 500, 502, 503, 599].flatMap((status) => [
      of(status, undefined, "status", {}),
      of(status, html, "status", { "content-type": "text/html" }),
      of(status, good)
    ]),
    of(400, "null"),
    of(401, "[]"),
    of(404, '{"type":"error.list"}'),
    of(409, errorList.slice(0, -3)),
    of(422, '{"type":"error.list","errors":{}}'),
    of(422, '{"type":"error.list","errors":[null,1,{}]}'),
    of(429, errorList, "status", { ...json, "retry-after": "soon", "x-ratelimit-reset": "never" }),
    of(500, "[".repeat(depth)),
    of(503, `{"type":"error.list","errors":${"[".repeat(depth)}${"]".repeat(depth)}}`)
  ]
}

/** What a broken connection leaves of an answer: raw HTTP, after which it is closed. */
export const wires = (good: string): ReadonlyArray<{ readonly name: string; readonly raw: string }> => {
  const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
  const { length } = bytes(good)
  return [
    { name: "gzip that is no gzip", raw: `${head}content-encoding: gzip\r\ncontent-length: ${length}\r\n\r\n${good}` },
    {
      name: "brotli that is no brotli",
      raw: `${head}content-encoding: br\r\ncontent-length: ${length}\r\n\r\n${good}`
    },
    { name: "fewer bytes than announced", raw: `${head}content-length: ${length + 10}\r\n\r\n${good}` },
    { name: "more bytes than announced", raw: `${head}content-length: ${Math.max(0, length - 1)}\r\n\r\n${good}` },
    {
      name: "chunks without an end",
      raw: `${head}transfer-encoding: chunked\r\n\r\n${length.toString(16)}\r\n${good}\r\n`
    },
    { name: "chunks of no length", raw: `${head}transfer-encoding: chunked\r\n\r\nedge\r\n${good}\r\n` },
    { name: "two lengths", raw: `${head}content-length: 1\r\ncontent-length: ${length}\r\n\r\n${good}` },
    { name: "no HTTP", raw: "220 edge ESMTP\r\n" },
    { name: "a status that is no number", raw: "HTTP/1.1 OK\r\n\r\n" },
    { name: "nothing", raw: "" }
  ]
}
