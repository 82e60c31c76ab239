/** The schemas of both sides, compared field by field, without sampling. */
import { directed, distinct, key, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import { divergence, type Pair, type Shape } from "../subject/Subject.ts"
import * as StructureParameters from "./StructureParameters.ts"
import { top } from "./StructurePlace.ts"
import { request, response } from "./StructureWalk.ts"

const bodies = ({ beside, client, operation }: Pair): ReadonlyArray<Finding> => {
  const schema = operation.body && Document.jsonOf(operation.body.content)
  if (schema === undefined) return []
  const of = ({ payload }: Pair["client"]) =>
    payload === undefined ? [] : request({ client: [payload.node], document: [schema] }, top(""))
  // What one method cannot send another may.
  const others = beside.map((other) => new Set(of(other).map(key)))
  return of(client).filter((finding) => finding.class !== "drift" || others.every((unsent) => unsent.has(key(finding))))
}

const answers = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  Document.successes(operation).flatMap(({ content }) => {
    const schema = Document.jsonOf(content)
    if (client.success === undefined || schema === undefined) return []
    return response({ client: [client.success.node], document: [schema] }, top(""))
  })

/** Error bodies: what the document lets come against what the client declares for the status. */
const errors = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  operation.responses.flatMap(({ content, status }) => {
    const schema = Document.jsonOf(content)
    const [, declared] = [...client.errorBodies].find(([known]) => Document.covers(status, known)) ?? []
    if (schema === undefined || declared === undefined) return []
    return (
      response({ client: [declared.node], document: [schema] }, top(""))
        // The tag is the program's: errors are told apart by it, and it is never sent.
        .filter(({ pointer }) => !pointer.endsWith("/properties/_tag"))
        .map((finding) => ({
          ...finding,
          // The client reads errors whatever they call themselves.
          class: finding.pointer.endsWith("/type/enum") ? "drift" : finding.class,
          message: `error ${finding.message}`
        }))
    )
  })

/** Compares parameters, request body, answers and error bodies of an operation. */
export const check = (subject: Pick<Shape, "document">, pair: Pair): ReadonlyArray<Divergence> =>
  [
    ...directed("request", distinct([...StructureParameters.check(pair), ...bodies(pair)])),
    ...directed("response", distinct(answers(pair))),
    ...directed("error", distinct(errors(pair)))
  ].map((finding) => divergence(subject, pair, finding.direction, finding))
