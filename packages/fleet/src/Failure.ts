/** What is in the way of an export, and whether it may pass by itself. */
import { hasCode, type IntercomError } from "@effect-intercom/core/IntercomError"
import { TokenStoreError, UnknownWorkspace } from "@effect-intercom/core/TokenStore"
import type { ExportError, Reason } from "@effect-intercom/export/ExportError"
import { type Kind, WorkspaceFailed } from "./Night.ts"

/** A failure, as it is classified. */
export interface Failure {
  readonly failed: WorkspaceFailed
  /** Whether trying again later may help. A revoked token, say, stays revoked. */
  readonly passing: boolean
}

type Verdict = Pick<Failure, "passing"> & { readonly kind: Kind }

const passing = (kind: Kind): Verdict => ({ kind, passing: true })
const lasting = (kind: Kind): Verdict => ({ kind, passing: false })

const ofRequest = (error: IntercomError): Verdict => {
  switch (error.reason._tag) {
    case "Unauthorized":
      return lasting("token")
    case "Forbidden":
      // A scope the app lacks is the token's; without a code, something before the API refused it.
      return lasting(hasCode(error, "api_plan_restricted") ? "plan" : "token")
    case "RateLimited":
      return passing("rate")
    case "ServerError":
    case "TransportError":
    case "TimeoutError":
    case "UnexpectedStatus":
      return passing("network")
    default:
      return hasCode(error, "scroll_exists") ? passing("locked") : lasting("data")
  }
}

const verdictOf = (reason: Reason): Verdict => {
  switch (reason._tag) {
    case "RequestFailed":
    case "CursorRefused":
      return ofRequest(reason.error)
    case "Locked":
    case "LostLock":
    case "DatabaseBusy":
      return passing("locked")
    case "DiskFull":
    case "FileFailed":
    case "DirectoryGone":
    case "DatabaseUnreachable":
    case "DatabaseLost":
    case "DatabaseFailed":
    case "BucketUnreachable":
    case "BucketFailed":
      return passing("target")
    case "NotWritable":
    case "NotReadable":
    case "InTheWay":
    case "NotADatabase":
    case "DriverMissing":
    case "BadAddress":
    case "DatabaseInsecure":
    case "DatabaseRefused":
    case "NoSuchDatabase":
    case "DatabaseForbidden":
    case "BucketRefused":
    case "NoSuchBucket":
    case "NoConditionalWrites":
    case "NotObjectStorage":
    case "ForeignTable":
    case "TableDiffers":
    case "Occupied":
    case "PipeClosed":
      return lasting("target")
    default:
      return lasting("data")
  }
}

/** Messages are stored, and shown in a table. */
const longest = 500

/** A failure of a kind. */
export const make = ({ kind, passing }: Verdict, message: string, resource: string | null = null): Failure => ({
  failed: new WorkspaceFailed({ kind, resource, message: message.slice(0, longest) }),
  passing
})

/** What an export failed with. */
export const ofExport = ({ reason, resource }: ExportError): Failure =>
  make(verdictOf(reason), reason.message, resource ?? null)

/** A failure that is none of an export's own: of a layer the application provides, or a bug. Its message is not repeated. */
export const ofUnknown = (cause: unknown): Failure => {
  const name =
    typeof cause === "object" && cause !== null && "_tag" in cause
      ? String(cause._tag)
      : cause instanceof Error
        ? cause.name
        : typeof cause
  return make(lasting("other"), `The export broke with ${name}. The logs of its runner say more.`)
}

/** What several resources failed with, as one: what may pass comes last, since a person has to look at the others. */
export const together = (failures: readonly [Failure, ...ReadonlyArray<Failure>]): Failure => {
  const [first] = failures
  const worst = failures.find(({ passing }) => !passing) ?? first
  if (failures.length === 1) return worst
  const names = failures.flatMap(({ failed }) => failed.resource ?? [])
  return {
    ...make(
      { kind: worst.failed.kind, passing: failures.some(({ passing }) => passing) },
      `${failures.length} resources failed (${names.join(", ")}). ${worst.failed.message}`,
      worst.failed.resource
    )
  }
}

/** What each kind of failure means to whoever reads the table. */
export const meaning: { readonly [kind in Kind]: string } = {
  token: "the token is missing, revoked, or not allowed to",
  plan: "the workspace's plan is without it",
  rate: "the rate limit",
  network: "Intercom could not be reached, or failed",
  locked: "another export writes there",
  target: "the place to write to",
  data: "what is there, or what came",
  other: "something else"
}

/** What a store of tokens failed with; `undefined` for anything else. */
export const ofStore = (error: unknown): Failure | undefined => {
  if (error instanceof UnknownWorkspace) return make(lasting("token"), error.message)
  return error instanceof TokenStoreError
    ? make(error.problem === "failed" ? passing("token") : lasting("token"), error.message)
    : undefined
}
