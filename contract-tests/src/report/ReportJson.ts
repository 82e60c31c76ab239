/**
 * A run as `report.json`: everything the other reports show, as data. {@link ReportJson} is its schema; fields may be
 * added within a version, and none changes its meaning.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Contract from "../checks/Contract.ts"
import * as Divergence from "./Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Facts from "./Facts.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as SourceLocations from "../document/SourceLocations.ts"
import { version } from "./Version.ts"
import * as ClientLocation from "../subject/ClientLocation.ts"

const described = (description: string) => ({ description })

/** How grave a finding is; see `Divergence.Severity`. */
export const Severity = Schema.Literals(["breaking", "drift", "note"]).annotate(
  described("breaking: one side refuses what the other may send. drift: one side lacks something. note: agreed on.")
)

/** Lines of a file, very long ones cut. */
export const Excerpt = Schema.Struct({
  first: Schema.Int.annotate(described("The number of the first line, from 1")),
  lines: Schema.Array(Schema.String)
})

/** A place in a file of the document. */
export const Place = Schema.Struct({
  file: Schema.String.annotate(described("Relative to the working directory where it is below it")),
  line: Schema.Int.annotate(described("From 1")),
  column: Schema.Int.annotate(described("From 1")),
  exact: Schema.Boolean.annotate(described("false: the pointer names what is not there; this is the nearest above it")),
  excerpt: Excerpt,
  action: Schema.optionalKey(
    Schema.Struct({
      number: Schema.optionalKey(Schema.Int).annotate(
        described("Its place in the overlay, from 1; an addition to the document has none")
      ),
      target: Schema.String,
      description: Schema.String
    }).annotate(described("The overlay's action, or the addition, that supplied the place: the file is then its own"))
  ),
  over: Schema.optionalKey(
    Schema.Struct({ file: Schema.String, line: Schema.Int, column: Schema.Int }).annotate(
      described("The line of the document that the action writes over, where it is not as published")
    )
  )
})

/** What of the client stands against a place. */
export const ClientSlot = Schema.Struct({
  part: Schema.Literals(["params", "query", "payload", "success", "declaration"]).annotate(
    described("The part of the client's operation; declaration: what it says around its schemas")
  ),
  pointer: Schema.String.annotate(described("JSON pointer into the part's JSON Schema")),
  missing: Schema.optionalKey(Schema.String.annotate(described("The field the client lacks in the schema"))),
  schema: Schema.Json.annotate(described("JSON Schema 2020-12, cut at … where it is deep"))
})

/** One divergence, however many operations and checks it was found in. */
export const Finding = Schema.Struct({
  fingerprint: Schema.String.annotate(described("The same for the same finding, whatever lines move")),
  operation: Schema.String.annotate(described("Method and path as the document writes them: POST /contacts")),
  method: Schema.optionalKey(Schema.String.annotate(described("The client's method: Contacts.create"))),
  resource: Schema.String.annotate(described("What the operation belongs to: Contacts")),
  check: Schema.String.annotate(described("The check that found it")),
  touches: Schema.Array(
    Schema.Struct({ operation: Schema.String, method: Schema.optionalKey(Schema.String), check: Schema.String })
  ).annotate(described("Every operation it is true of, with the checks that found it there; the first is above")),
  also: Schema.Array(Schema.String).annotate(described("How else it was told: other fields of the same schema")),
  direction: Schema.Literals(Divergence.directions),
  class: Severity,
  message: Schema.String,
  pointer: Schema.String.annotate(described("JSON pointer into the document as it is written, with its overlays")),
  through: Schema.Array(Schema.String).annotate(described("Pointers of the $refs followed to get there")),
  place: Schema.optionalKey(Place),
  client: Schema.optionalKey(ClientSlot),
  counterexample: Schema.optionalKey(Schema.Json.annotate(described("The smallest value found that shows it"))),
  replay: Schema.optionalKey(
    Schema.Struct({ seed: Schema.Int, path: Schema.String }).annotate(
      described("The seed to run with, and fast-check's path to the counterexample")
    )
  ),
  curl: Schema.optionalKey(
    Schema.String.annotate(described("The request; the token is $INTERCOM_ACCESS_TOKEN, for Intercom's hosts only"))
  ),
  accepted: Schema.optionalKey(
    Schema.String.annotate(described("Why it does not fail the run, where it is known and accepted"))
  ),
  rule: Schema.optionalKey(Schema.String.annotate(described("The rule of the baseline that accepts it"))),
  expired: Schema.optionalKey(Schema.String.annotate(described("The day until which it was accepted: 2026-12-31")))
})
export type Finding = typeof Finding.Type

/** An operation of the document or of the client. */
export const Operation = Schema.Struct({
  operation: Schema.String,
  method: Schema.optionalKey(Schema.String),
  resource: Schema.String,
  compared: Schema.Boolean.annotate(described("Whether both sides have it"))
})
export type Operation = typeof Operation.Type

/** What a check of an operation came to. The operation `the API` is the comparison of both sides' operations. */
export const Result = Schema.Struct({
  operation: Schema.String,
  check: Schema.String,
  runs: Schema.Int.annotate(described("Samples judged, or errors tried")),
  breaking: Schema.Int,
  drift: Schema.Int,
  notes: Schema.Int,
  accepted: Schema.Int.annotate(described("Findings accepted; counted in no other number")),
  findings: Schema.Array(Schema.Int).annotate(described("Indices of its findings in the report's"))
})
export type Result = typeof Result.Type

/** `report.json`. The same run of the same files gives the same bytes: there are no times in it. */
export const ReportJson = Schema.Struct({
  version: Schema.Literal(1).annotate(described("Of this format")),
  tool: Schema.Struct({ name: Schema.String, version: Schema.String }),
  document: Schema.Struct({
    file: Schema.String,
    title: Schema.optionalKey(Schema.String),
    version: Schema.optionalKey(Schema.String),
    overlays: Schema.Array(Schema.String).annotate(described("Files of additions and overlays")),
    actions: Schema.Int.annotate(described("Additions, and actions of overlays, applied"))
  }),
  seed: Schema.Int,
  canaries: Schema.Int.annotate(described("Requests known to be bad, all refused")),
  counts: Schema.Struct({
    breaking: Schema.Int,
    drift: Schema.Int,
    notes: Schema.Int,
    accepted: Schema.Int,
    operations: Schema.Int,
    compared: Schema.Int.annotate(described("Operations both sides have"))
  }),
  checks: Schema.Array(Schema.String),
  operations: Schema.Array(Operation),
  results: Schema.Array(Result),
  findings: Schema.Array(Finding)
}).annotate({ identifier: "ContractReport", title: "Contract report" })
export type ReportJson = typeof ReportJson.Type

/** The JSON Schema of `report.json`. */
export const jsonSchema = (): Schema.Json => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(ReportJson)
  // A JSON Schema is JSON.
  return { $schema: "https://json-schema.org/draft/2020-12/schema", ...schema, $defs: definitions } as Schema.Json
}

export interface Options {
  /** Why a divergence does not fail the run; `undefined` when it does. */
  readonly accepted?: ((divergence: Divergence.Divergence) => string | undefined) | undefined
}

export { version }

const segmentOf = (operation: string): string => operation.split(" ").at(-1)?.split("/")[1] ?? ""

/** Names resources by the client's groups, also those of operations it lacks that start like its own. */
const resources = (operations: ReadonlyArray<{ readonly operation: string; readonly method?: string }>) => {
  const groups = new Map(
    operations.flatMap(({ method, operation }) =>
      method === undefined ? [] : [[segmentOf(operation), method.split(".")[0] ?? ""] as const]
    )
  )
  return ({ method, operation }: { readonly operation: string; readonly method?: string | undefined }): string => {
    const segment = segmentOf(operation)
    const words = segment.replaceAll(/[_-]/g, " ")
    return method?.split(".")[0] ?? groups.get(segment) ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}`
  }
}

/** What tells a finding from all others, in any run. */
const fingerprints = () => {
  const seen = new Map<string, number>()
  return (divergence: Divergence.Divergence): string => {
    const base = Facts.key(divergence)
    const count = (seen.get(base) ?? 0) + 1
    seen.set(base, count)
    return count === 1 ? base : `${base}|${count}`
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

const infoOf = (document: Document.Document): { readonly title?: string; readonly version?: string } => {
  const title = textOf(JsonNode.follow(document.root, "info", "title")?.value)
  const { version } = document
  return { ...(title === undefined ? undefined : { title }), ...(version === undefined ? undefined : { version }) }
}

const operationsOf = ({ client, divergences }: Contract.Report, document: Document.Document) => {
  const known = document.operations.map(({ key, name }) => {
    const method = client.operations.find((one) => one.key === key)?.name
    return { operation: name, compared: method !== undefined, ...(method === undefined ? undefined : { method }) }
  })
  const names = new Set(known.map(({ operation }) => operation))
  // What only the client has is known by what was found about it.
  const others = divergences.filter(({ operation }) => !names.has(operation) && names.add(operation))
  return [
    ...known,
    ...others.map(({ method, operation }) => ({
      operation,
      compared: false,
      ...(method === undefined ? undefined : { method })
    }))
  ]
}

const resultOf = (
  { check, operation, runs }: Contract.Row,
  own: ReadonlyArray<number>,
  all: ReadonlyArray<Finding>
): Result => {
  const findings = own.flatMap((index) => all[index] ?? [])
  return {
    operation,
    check,
    runs,
    ...counted(findings),
    findings: own
  }
}

/** How many findings there are of each class, and how many are accepted. */
const counted = (findings: ReadonlyArray<Finding>) => {
  const count = (severity: Finding["class"]) =>
    findings.filter((finding) => finding.accepted === undefined && finding.class === severity).length
  return {
    breaking: count("breaking"),
    drift: count("drift"),
    notes: count("note"),
    accepted: findings.filter(({ accepted }) => accepted !== undefined).length
  }
}

const fromRows = (report: Contract.Report, places: SourceLocations.SourceLocations, options: Options) => {
  const document = Document.make(report.document.document)
  const operations = operationsOf(report, document)
  const resourceOf = resources(operations)
  const fingerprintOf = fingerprints()
  const slotOf = (divergence: Divergence.Divergence) => {
    const operation = document.operations.find(({ name }) => name === divergence.operation)
    const client = operation && report.client.operations.find(({ key }) => key === operation.key)
    return operation && client && ClientLocation.of(document.root.value, operation, client, divergence)
  }
  const findingOf = ({ also, divergence, touches }: Facts.Fact): Finding => {
    const place = places.of(divergence)
    const client = slotOf(divergence)
    const { accepted, counterexample, curl, direction, expired, message, method, operation, pointer } = divergence
    const { replay, rule, through } = divergence
    const check = touches.find((one) => one.operation === operation)?.check ?? ""
    return {
      fingerprint: fingerprintOf(divergence),
      operation,
      ...(method === undefined ? undefined : { method }),
      resource: resourceOf(divergence),
      check,
      touches,
      also,
      direction,
      class: divergence.class,
      message,
      pointer: places.written(pointer),
      through: through.map(places.written),
      ...(place === undefined ? undefined : { place }),
      ...(client === undefined ? undefined : { client }),
      ...(counterexample === undefined ? undefined : { counterexample }),
      ...(replay === undefined ? undefined : { replay }),
      ...(curl === undefined ? undefined : { curl }),
      ...(accepted === undefined ? undefined : { accepted }),
      ...(rule === undefined ? undefined : { rule }),
      ...(expired === undefined ? undefined : { expired })
    }
  }
  const accept = (divergence: Divergence.Divergence): Divergence.Divergence => {
    const accepted =
      divergence.accepted ?? (Divergence.isFailure(divergence) ? options.accepted?.(divergence) : undefined)
    return accepted === undefined ? divergence : { ...divergence, accepted }
  }
  const rows = report.rows.map((row) => ({ ...row, divergences: row.divergences.map(accept) }))
  const facts = Facts.of(rows)
  const findings = facts.map(findingOf)
  const indices = new Map(facts.flatMap(({ members }, index) => members.map((member) => [member, index] as const)))
  const results = rows.map((row): Result => {
    const own = [...new Set(row.divergences.flatMap((divergence) => indices.get(divergence) ?? []))]
    return resultOf(row, own, findings)
  })
  return {
    document,
    operations: operations.map((operation) => ({ ...operation, resource: resourceOf(operation) })),
    results,
    findings
  }
}

/** Makes the data of all reports of a run. */
export const make = Effect.fn("ReportJson.make")(function* (report: Contract.Report, options: Options = {}) {
  const places = yield* SourceLocations.make(report.document)
  const { document, findings, operations, results } = fromRows(report, places, options)
  const { actions, source } = report.document
  const json: ReportJson = {
    version: 1,
    tool: { name: "@effect-intercom/contract-tests", version },
    document: {
      file: places.nameOf(source),
      ...infoOf(document),
      overlays: [...new Set(actions.map(({ file }) => places.nameOf(file)))],
      actions: actions.length
    },
    seed: report.seed,
    canaries: report.canaries,
    counts: {
      ...counted(findings),
      operations: operations.length,
      compared: operations.filter(({ compared }) => compared).length
    },
    checks: [...new Set(report.rows.map(({ check }) => check))],
    operations,
    results,
    findings
  }
  return json
})

/** The text of `report.json`. */
export const text = (report: ReportJson): string => `${JSON.stringify(report, undefined, 2)}\n`

/** Findings that fail the run. */
export const failures = (findings: ReadonlyArray<Finding>): ReadonlyArray<Finding> =>
  findings.filter((finding) => finding.accepted === undefined && Divergence.isFailure(finding))

/** Findings of the same kind from the gravest on, in the order they were found in. */
export const byGravity = (findings: ReadonlyArray<Finding>): ReadonlyArray<Finding> => {
  const rank = ({ accepted, class: severity }: Finding) =>
    accepted === undefined ? Severity.literals.indexOf(severity) : Severity.literals.length
  return findings.toSorted((a, b) => rank(a) - rank(b))
}

/** The operations a finding touches besides the first. */
export const others = ({ operation, touches }: Finding): ReadonlyArray<string> =>
  Facts.operationsOf({ touches }).filter((other) => other !== operation)

/** A finding as the divergence that is printed of it. */
export const asDivergence = (finding: Finding): Divergence.Divergence => ({ ...finding, others: others(finding) })

/** The findings a result counts. */
export const findingsOf = (report: ReportJson, result: Result): ReadonlyArray<Finding> =>
  result.findings.flatMap((index) => report.findings[index] ?? [])

/** Whether a result has findings that fail the run. */
export const isFailed = ({ breaking, drift }: Result): boolean => breaking + drift > 0

/** Where a finding is, for a line of text: `spec/api.yml:12`, with the overlay's action when it is in one. */
export const at = ({ place }: Finding): string | undefined => place && SourceLocations.format(place)

/** The number of a thing and its name. */
export const count = (many: number, one: string, more = `${one}s`): string => `${many} ${many === 1 ? one : more}`

/** What the run came to, in a few words. */
export const verdict = ({ counts: { breaking, drift } }: ReportJson): string => {
  if (breaking + drift === 0) return "no divergences"
  return [...(breaking > 0 ? [`${breaking} breaking`] : []), ...(drift > 0 ? [`${drift} drift`] : [])].join(", ")
}

// What a person reads; the whole is in `report.json`.
const readable = 600

/** The start of a long text. */
export const shortened = (text: string): string => (text.length > readable ? `${text.slice(0, readable)}…` : text)

/** A value on one line, the start of a long one. */
export const short = (value: Schema.Json): string => shortened(JSON.stringify(value))

/** What findings of each class mean. */
export const severities: { readonly [severity in Finding["class"]]: string } = {
  breaking: "One side refuses what the other may send, or relies on what nobody promised.",
  drift: "One side has what the other does not know; nothing fails yet.",
  note: "Worth knowing, and fails nothing."
}

const checks: { readonly [check: string]: string } = {
  coverage: "Both sides have the same operations, statuses, media types and security.",
  structure: "The schemas of both sides, compared field by field.",
  requests: "Whatever the client can send, the document takes.",
  refusals: "What the document forbids, the client refuses to send.",
  transport: "Each request goes to the base URL only, with the token and version the client was given.",
  retries: "What may have been done is sent again only where that is harmless.",
  searches: "Queries made with the builders are what was asked for, and arrive as they are.",
  boundaries: "Both sides of every rule: what is allowed is sent, what is not is refused.",
  responses: "Whatever the document permits as an answer, the client reads, and loses nothing of it.",
  malformed: "Answers no document permits end in a typed error.",
  mocked: "The client reads the answers Prism makes up.",
  errors: "Every failure comes out as its typed error.",
  simulated: "What the simulator answers is in the document.",
  pagination: "A walk of any listing has each record once, in order, from any cursor on.",
  comparator: "Another implementation judges the recorded traffic."
}

/** What a check looks at. */
export const describe = (check: string): string => checks[check] ?? `The check ${check}.`
