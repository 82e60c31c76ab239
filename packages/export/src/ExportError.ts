/** The one error of an export, and the reasons it carries. Each message is a sentence that says what to do. */
import { IntercomError } from "@effect-intercom/core/IntercomError"
import type { PlatformError } from "effect/PlatformError"
import * as Schema from "effect/Schema"

/** The disk, or the user's share of it, is full. What was written stays and is resumed from. */
export class DiskFull extends Schema.TaggedError<DiskFull>()("DiskFull", { path: Schema.String }) {
  override get message(): string {
    return `The disk is full: ${this.path} could not be written. Make room first.`
  }
}

/** The directory cannot be created or written to. */
export class NotWritable extends Schema.TaggedError<NotWritable>()("NotWritable", {
  path: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.path} cannot be written (${this.description}). Choose another directory, or correct its permissions.`
  }
}

/** Any other failure of the file system. */
export class FileFailed extends Schema.TaggedError<FileFailed>()("FileFailed", {
  path: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.path}: ${this.description}`
  }
}

/** A checkpoint or manifest is no longer what an export wrote. */
export class Unreadable extends Schema.TaggedError<Unreadable>()("Unreadable", { path: Schema.String }) {
  override get message(): string {
    return `${this.path} is damaged, or not written by this version of the tool. Start anew with --restart, or choose another place.`
  }
}

/** The unfinished export in the directory is another one: of another workspace, API version, page size or cursor. */
export class OtherExport extends Schema.TaggedError<OtherExport>()("OtherExport", {
  path: Schema.String,
  /** What differs: `workspace`, say. */
  field: Schema.String,
  found: Schema.String,
  wanted: Schema.String
}) {
  override get message(): string {
    return `${this.path} belongs to an export with ${this.field} ${this.found}, this one has ${this.wanted}. Choose another place, or start anew: --restart for an unfinished export, --force for a finished one.`
  }
}

/** The part file is not what the checkpoint says: something else wrote to it. */
export class PartChanged extends Schema.TaggedError<PartChanged>()("PartChanged", {
  path: Schema.String,
  checkpoint: Schema.String
}) {
  override get message(): string {
    return `${this.path} was changed by something else, another export perhaps. Make sure only one runs at a time; start anew with --restart.`
  }
}

/** A file stands where the export would go, and no manifest says that an export wrote it. */
export class Occupied extends Schema.TaggedError<Occupied>()("Occupied", { path: Schema.String }) {
  override get message(): string {
    return `${this.path} exists, and nothing says that it may be replaced. Choose another directory, or allow it with --force.`
  }
}

/** Another export writes to the same place. */
export class Locked extends Schema.TaggedError<Locked>()("Locked", {
  /** The lock. */
  path: Schema.String,
  /** Null when the lock does not tell: it is being written, or damaged. */
  owner: Schema.NullOr(
    Schema.Struct({
      pid: Schema.Int,
      host: Schema.String,
      /** ISO 8601, UTC. */
      startedAt: Schema.String
    })
  )
}) {
  override get message(): string {
    const { owner, path } = this
    return owner === null
      ? `${path} does not tell who holds it. Should no other export run, delete it; after a minute it is ignored.`
      : `Another export writes there: process ${owner.pid} on ${owner.host}, since ${owner.startedAt}. Wait until it ends, or stop it; should it be gone, delete ${path}.`
  }
}

/** A finished output is not where the manifest says. */
export class Missing extends Schema.TaggedError<Missing>()("Missing", { path: Schema.String }) {
  override get message(): string {
    return `${this.path} is not there, though it was exported. Put it back, or export it again with --force.`
  }
}

/** The API refused to go on where the export was. */
export class CursorRefused extends Schema.TaggedError<CursorRefused>()("CursorRefused", { error: IntercomError }) {
  override get message(): string {
    return `The API refused to go on from where the export stood: ${this.error.reason.message} Start anew with --restart.`
  }
}

/** A request failed for good. */
export class RequestFailed extends Schema.TaggedError<RequestFailed>()("RequestFailed", { error: IntercomError }) {
  override get message(): string {
    return this.error.message
  }
}

/** The API gave a cursor a second time. */
export class Endless extends Schema.TaggedError<Endless>()("Endless", { cursor: Schema.String }) {
  override get message(): string {
    return `The API gave the cursor ${this.cursor} twice: the walk would never end. Try again with another --page-size.`
  }
}

export const Reason = Schema.Union([
  DiskFull,
  NotWritable,
  FileFailed,
  Unreadable,
  OtherExport,
  PartChanged,
  Occupied,
  Locked,
  Missing,
  CursorRefused,
  Endless,
  RequestFailed
])
export type Reason = typeof Reason.Type

// Running the same command again cannot help with these.
const needsAnotherCommand: ReadonlySet<Reason["_tag"]> = new Set([
  "Unreadable",
  "OtherExport",
  "PartChanged",
  "Occupied",
  "Missing",
  "CursorRefused"
])

// These are about one resource, the others may do.
const ofOne: ReadonlySet<Reason["_tag"]> = new Set([
  "Unreadable",
  "OtherExport",
  "PartChanged",
  "Occupied",
  "CursorRefused",
  "Endless"
])

/** What an export fails with. */
export class ExportError extends Schema.TaggedError<ExportError>()("ExportError", {
  /** The resource being exported; absent when none was yet. */
  resource: Schema.optionalKey(Schema.String),
  reason: Reason
}) {
  override get message(): string {
    return `${this.resource === undefined ? "" : `${this.resource}: `}${this.reason.message}`
  }

  /** Whether every other resource would fail for the same reason. */
  get ofAll(): boolean {
    if (this.reason._tag !== "RequestFailed") return !ofOne.has(this.reason._tag)
    const { _tag } = this.reason.error.reason
    return _tag === "Unauthorized" || _tag === "TransportError"
  }

  /** Whether the same export, run again once its cause is removed, goes on where this one stopped. */
  get resumable(): boolean {
    return !needsAnotherCommand.has(this.reason._tag)
  }
}

const full = new Set(["ENOSPC", "EDQUOT"])
const unwritable = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR"])

/** The reason behind a failure of the file system at `path`. */
export const fromPlatform = (path: string, error: PlatformError): Reason => {
  const code = systemCode(error)
  if (full.has(code)) return new DiskFull({ path })
  if (unwritable.has(code) || error.reason._tag === "PermissionDenied") {
    return new NotWritable({ path, description: code === "" ? error.reason._tag : code })
  }
  return new FileFailed({ path, description: error.reason.message })
}

const systemCode = ({ reason: { cause } }: PlatformError): string =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string" ? cause.code : ""
