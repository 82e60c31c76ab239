/** Which code the command ends with, and which sentence. */
import { SecretError } from "@effect-intercom/core/webhook/Signature"
import { ExportError } from "@effect-intercom/export/ExportError"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as Config from "effect/Config"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as ExitCode from "./ExitCode.ts"
import { Held } from "./internal/Held.ts"
import { Incomplete, resumes } from "./Outcome.ts"

export interface Ending {
  readonly code: ExitCode.ExitCode
  readonly sentence?: string
}

/** A failure that was reported already. */
export class Told extends Schema.TaggedError<Told>()("Told", { code: Schema.Literals([0, 1, 2, 64, 130]) }) {}

/** The ending of a failure, or of a bug; interruption is none. */
export const of = (cause: Cause.Cause<unknown>): Ending =>
  Cause.hasFails(cause) ? failure(Cause.squash(cause)) : broken(Cause.squash(cause))

const failure = (error: unknown): Ending => {
  if (error instanceof Told) return { code: error.code }
  if (CliError.isCliError(error)) {
    // Help and mistakes in the command line are on the screen already.
    return { code: error._tag === "ShowHelp" && error.errors.length === 0 ? ExitCode.complete : ExitCode.usage }
  }
  if (error instanceof Config.ConfigError) return { code: ExitCode.usage, sentence: misconfigured(error) }
  if (error instanceof SecretError) {
    return { code: ExitCode.usage, sentence: `INTERCOM_CLIENT_SECRET is wrong: ${error.message}` }
  }
  if (error instanceof Held) return { code: ExitCode.usage, sentence: error.message }
  if (error instanceof Incomplete) return { code: ExitCode.incomplete, sentence: error.message }
  if (error instanceof ExportError && error.resumable && error.kept === true) {
    return {
      code: ExitCode.failed,
      sentence: `${error.message} ${resumes}`
    }
  }
  return { code: ExitCode.failed, sentence: error instanceof Error ? error.message : String(error) }
}

/** The variable or flag behind each option. */
const settings: { readonly [option: string]: string } = {
  accessToken: "INTERCOM_ACCESS_TOKEN",
  region: "--region",
  baseUrl: "--base-url",
  version: "--api-version"
}

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const misconfigured = ({ cause, message }: Config.ConfigError): string => {
  if (!Schema.isSchemaError(cause)) return message
  return issuesOf(cause.issue)
    .issues.map(({ message, path = [] }) => {
      const name = path.map(String).join(".")
      // A variable that is not set is not a string.
      const absent = message === "Expected string" ? unset[name] : undefined
      return absent ?? `${settings[name] ?? name}: ${message.replace(/^Expected/, "expected")}.`
    })
    .join(" ")
}

/** What to do about a variable that is needed and not there. */
const unset: { readonly [name: string]: string } = {
  INTERCOM_ACCESS_TOKEN:
    "INTERCOM_ACCESS_TOKEN is not set: it takes an access token of the workspace, from Intercom's Developer Hub " +
    "(or of a simulator: intercom simulate).",
  INTERCOM_CLIENT_SECRET:
    "INTERCOM_CLIENT_SECRET is not set: it takes the client secret of the app, from Intercom's Developer Hub " +
    "(simulator-secret for notifications of a simulator).",
  INTERCOM_EXPORT_POSTGRES_URL:
    "INTERCOM_EXPORT_POSTGRES_URL is not set: it takes the address of the database, " +
    "postgres://USER:PASSWORD@HOST:PORT/DATABASE."
}

/** A bug, not a circumstance. */
const broken = (defect: unknown): Ending => ({
  code: ExitCode.failed,
  sentence: `The tool broke, please report this: ${defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect)}`
})
