/** What happens during an export. */
import type { Checkpoint } from "./Checkpoint.ts"
import type { ExportError } from "./ExportError.ts"
import type { Entry } from "./Manifest.ts"

export type Event = Started | StepWritten | Completed | Skipped | Failed

/** The export of a resource starts, or resumes at `checkpoint`. */
export interface Started {
  readonly _tag: "Started"
  readonly resource: string
  readonly checkpoint: Checkpoint
}

/** Records and the checkpoint after them are written. */
export interface StepWritten {
  readonly _tag: "StepWritten"
  readonly resource: string
  readonly checkpoint: Checkpoint
}

/** The resource is complete. */
export interface Completed {
  readonly _tag: "Completed"
  readonly resource: string
  readonly entry: Entry
}

/** The resource was complete before; nothing was requested. */
export interface Skipped {
  readonly _tag: "Skipped"
  readonly resource: string
  readonly entry: Entry
}

/** The resource failed; others continue, unless they would fail for the same reason. */
export interface Failed {
  readonly _tag: "Failed"
  readonly resource: string
  readonly error: ExportError
}
