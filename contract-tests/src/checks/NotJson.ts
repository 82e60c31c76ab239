/** Successes that are no JSON: whatever text, bytes or address comes, the client hands it over as it came. */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as fc from "fast-check"
import type * as Client from "../subject/Client.ts"
import type { Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Generate from "../schema/Generate.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Property from "../schema/Property.ts"
import type { Checked } from "./Requests.ts"
import * as Share from "../subject/Share.ts"
import { divergence, type Pair, type Shape } from "../subject/Subject.ts"

type Kind = "text" | "bytes" | "location"

/** Whether a success of this kind is something else than JSON, or nothing. */
export const is = (body: Client.ClientOperation["body"]): body is Kind =>
  body === "text" || body === "bytes" || body === "location"

/** A success, and what must come out of the client. */
interface Sample {
  readonly send: Exchange.Send
  readonly value: unknown
}

const bytes = (text: string | Uint8Array): Uint8Array<ArrayBuffer> =>
  typeof text === "string" ? new TextEncoder().encode(text) : Uint8Array.from(text)

/** The media type an answer comes as: as the document says, where it is a single one. */
const typeOf = ({ content }: Document.Response, otherwise: string): string =>
  [...content.keys()].find((type) => !type.includes("*")) ?? otherwise

const samples = (kind: Kind, status: number, response: Document.Response): fc.Arbitrary<Sample> => {
  switch (kind) {
    case "text":
      return fc.string({ unit: "grapheme" }).map((text) => ({
        send: Exchange.canned(status, text, { "content-type": typeOf(response, "text/plain") }),
        value: text
      }))
    case "bytes":
      return fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string().map(bytes)).map((sent) => ({
        send: Exchange.canned(status, bytes(sent), { "content-type": typeOf(response, "application/octet-stream") }),
        value: bytes(sent)
      }))
    case "location":
      return Generate.address.map((address) => ({
        send: Exchange.canned(status, undefined, { location: new URL(address).href }),
        value: new URL(address).href
      }))
  }
}

const plain = (value: unknown): unknown =>
  value instanceof URL ? value.href : value instanceof Uint8Array ? [...value] : value

/** Gives the client successes of its kind. */
export const check = Effect.fn("NotJson.check")(function* (subject: Shape, pair: Pair, request: Client.Request) {
  const { body, name, successStatus } = pair.client
  const response = Document.responseFor(pair.operation, successStatus)
  if (response === undefined || !is(body)) return { divergences: [], runs: 0 } satisfies Checked
  const { found, runs } = yield* Property.search({
    arbitrary: samples(body, successStatus, response),
    seed: subject.seed,
    runs: Share.many(subject, subject.runs, 10),
    judge: ({ send, value }) =>
      Effect.map(Exchange.through(subject.client.call(name, request), send), ({ exit }): ReadonlyArray<Finding> =>
        Exit.isSuccess(exit) && Equal.equals(plain(exit.value), plain(value))
          ? []
          : [
              {
                class: "breaking",
                pointer: JsonNode.below(response.node.pointer, body === "location" ? "headers" : "content"),
                through: response.node.through,
                message: `the client does not hand over the ${body} as it came`
              }
            ]
      )
  })
  const checked: Checked = {
    divergences: found.map(({ finding, replay }) => ({
      ...divergence(subject, pair, "response", finding),
      ...(replay === undefined ? undefined : { replay })
    })),
    runs
  }
  return checked
})
