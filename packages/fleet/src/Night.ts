/**
 * A night: one export of every workspace. Its name is what makes it one: what is started under the same name twice is done
 * once.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as Workflow from "effect/workflow/Workflow"

/** The name of a night: `2026-11-30`, or the time it was scheduled for, `2026-11-30T02:00:00.000Z`. */
export const Night = Schema.String.check(
  Schema.isPattern(/^[0-9A-Za-z][\w.:+-]{0,63}$/, {
    expected: "the name of a night, such as 2026-11-30: at most 64 letters, digits and . : + - _"
  })
)

/** The name of a workspace, as `TokenStore` has it. It becomes a part of paths: no separators are in it. */
export const Workspace = Schema.String.check(
  Schema.isPattern(/^[0-9A-Za-z][\w.:@-]{0,127}$/, {
    expected: "the name of a workspace, such as acme-eu: at most 128 letters, digits and . : @ - _"
  })
)

/** What a night is called that starts today, in UTC. */
export const nightOf = (now: DateTime.Utc): string => DateTime.formatIsoDateUtc(now)

/** What an export came to. Small: it is stored for each workspace and night. */
export const Exported = Schema.Struct({
  /** Records written this night, over all resources. */
  records: Schema.Int,
  /** Requests sent, repetitions included. */
  requests: Schema.Int
})
export type Exported = typeof Exported.Type

/** Why an export failed: what it takes to make it work. */
export const Kind = Schema.Literals(["token", "plan", "rate", "network", "locked", "target", "data", "other"])
export type Kind = typeof Kind.Type

/** The export of one workspace failed for this night; the others are none the worse. */
export class WorkspaceFailed extends Schema.TaggedError<WorkspaceFailed>()("WorkspaceFailed", {
  kind: Kind,
  /** The resource that failed, where it is one. */
  resource: Schema.NullOr(Schema.String),
  /** What happened, and what to do. No token is in it. */
  message: Schema.String
}) {}

/**
 * The export of one workspace in one night, as the engine has it. The payload is stored as plain JSON: no token is in it,
 * runners look it up.
 */
export const ExportWorkspace = Workflow.make("IntercomExport", {
  payload: {
    night: Night,
    workspace: Workspace,
    /** 1, and one more for each retry of a workspace that failed. */
    round: Schema.Int
  },
  success: Exported,
  error: WorkspaceFailed,
  idempotencyKey: ({ night, round, workspace }) => `${night}/${workspace}/${round}`
})
