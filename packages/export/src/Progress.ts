/** What happens during an export. */
import type { Checkpoint } from "./Checkpoint.ts"
import type { Entry } from "./Manifest.ts"

export type Event = Started | PageWritten | Completed | Skipped

/** The export of a resource starts, or goes on where `checkpoint` stands. */
export interface Started {
  readonly _tag: "Started"
  readonly resource: string
  readonly checkpoint: Checkpoint
}

/** A page is on the disk, and the checkpoint with it. */
export interface PageWritten {
  readonly _tag: "PageWritten"
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
