/** Which of the alternatives of an operation a request is for: that whose body it has. */
import type { Endpoint } from "@effect-intercom/core"
import * as Arr from "effect/Array"
import * as Function from "effect/Function"
import * as HttpApiError from "effect/http-api/HttpApiError"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

/** Something that has an endpoint. */
interface Alternative {
  readonly endpoint: Endpoint.Top
}

type Decoded = Result.Result<unknown, Schema.SchemaError>

/** An alternative, and the body as its schema has it. */
export interface Chosen<A> {
  readonly alternative: A
  readonly payload: unknown
}

// Bodies of requests need no services.
const codecOf = Function.memoize(({ payload = Schema.Void }: Endpoint.Top) =>
  Schema.toCodecJson(payload as Schema.Codec<unknown>)
)

const decode = (endpoint: Endpoint.Top, body: unknown, onExcessProperty: "error" | "ignore"): Decoded =>
  Schema.decodeUnknownResult(codecOf(endpoint), { onExcessProperty, errors: "all" })(body)

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** How far a body is from fitting: fields that are missing say more than values that are wrong. */
const distance = ({ issue }: Schema.SchemaError): number =>
  formatIssue(issue).issues.reduce((sum, { message }) => sum + (message.startsWith("Missing key") ? 100 : 1), 0)

/** The first alternative whose body fits, at best without a field it does not know; otherwise what is wrong with the nearest. */
export const choose = <A extends Alternative>(
  alternatives: Arr.NonEmptyReadonlyArray<A>,
  body: unknown
): Result.Result<Chosen<A>, HttpApiError.HttpApiSchemaError> => {
  const misfits: Array<Schema.SchemaError> = []
  for (const excess of ["error", "ignore"] as const) {
    for (const alternative of alternatives) {
      const decoded = decode(alternative.endpoint, body, excess)
      if (Result.isSuccess(decoded)) return Result.succeed({ alternative, payload: decoded.success })
      if (excess === "ignore") misfits.push(decoded.failure)
    }
  }
  const [cause] = misfits.toSorted((a, b) => distance(a) - distance(b))
  // There is one for each alternative.
  return Result.fail(new HttpApiError.HttpApiSchemaError({ kind: "Payload", cause: cause as Schema.SchemaError }))
}
