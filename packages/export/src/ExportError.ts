/** The one error of an export, and the reasons it carries. Each message is a sentence that says what to do. */
import { IntercomError } from "@effect-intercom/core/IntercomError"
import type { PlatformError } from "effect/PlatformError"
import * as DateTime from "effect/DateTime"
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
    return `${this.path} cannot be written (${this.description}). Choose another place, or correct its permissions.`
  }
}

/** A file or directory is there, and must not be read. */
export class NotReadable extends Schema.TaggedError<NotReadable>()("NotReadable", {
  path: Schema.String,
  description: Schema.String,
  /** Of a database with files beside it: a copy can be read where they can be written. */
  remedy: Schema.optionalKey(Schema.Literal("copy"))
}) {
  override get message(): string {
    const remedy =
      this.remedy === "copy"
        ? "Copy all its files to a directory of yours, or ask somebody who may write there."
        : "Correct its permissions, or choose another place."
    return `${this.path} cannot be read (${this.description}). ${remedy}`
  }
}

/** Something else stands where an export keeps a file or a directory. */
export class InTheWay extends Schema.TaggedError<InTheWay>()("InTheWay", {
  path: Schema.String,
  needed: Schema.Literals(["file", "directory"]),
  /** What is there instead of a file, when it is not a directory: a `pipe`, say. */
  found: Schema.optionalKey(Schema.String),
  /** Of a link that leads nowhere. */
  target: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const { found = "directory", needed, path, target } = this
    if (target !== undefined) {
      return `${path} is a link to ${target}, which is not there. Make that ${needed}, or choose another place.`
    }
    const what = needed === "file" ? `is a ${found}, where a file belongs` : "is not a directory"
    return `${path} ${what}. Move it away, or choose another place.`
  }
}

/** Any other failure of the file system. */
export class FileFailed extends Schema.TaggedError<FileFailed>()("FileFailed", {
  path: Schema.String,
  description: Schema.String,
  /** What an export wrote was read, and is not what it wrote. */
  damaged: Schema.optionalKey(Schema.Literal(true))
}) {
  override get message(): string {
    const failure = `${this.path}: ${this.description}`
    if (this.damaged !== true) return failure
    return `${failure.replace(/\.?$/, ".")} Put a good copy back, or export it again with --force.`
  }
}

/** The directory is not there any more. */
export class DirectoryGone extends Schema.TaggedError<DirectoryGone>()("DirectoryGone", { path: Schema.String }) {
  override get message(): string {
    return `${this.path} is not there any more: it was deleted, moved or unmounted while the export wrote to it. Put it back to resume where the export stood; without it, the same command starts over.`
  }
}

/** A checkpoint, a manifest or an output is no longer what an export wrote. */
export class Unreadable extends Schema.TaggedError<Unreadable>()("Unreadable", {
  path: Schema.String,
  /** What in it is wrong, where that is known. */
  field: Schema.optionalKey(Schema.String),
  /** Whether it is about finished exports, so that starting over does not replace it. */
  finished: Schema.optionalKey(Schema.Boolean)
}) {
  override get message(): string {
    const where = this.field === undefined ? "" : ` (${this.field})`
    const remedy =
      this.finished === true
        ? "Put a good copy back; or move it away and export everything again with --force, which replaces what is there."
        : "Start over with --restart, or choose another place."
    return `${this.path} is damaged, or not written by this version of the tool${where}. ${remedy}`
  }
}

/** What stands in the place is another export's: of another workspace, API version, format, page size or cursor. */
export class OtherExport extends Schema.TaggedError<OtherExport>()("OtherExport", {
  path: Schema.String,
  /** What differs: `workspace`, say. */
  field: Schema.String,
  found: Schema.String,
  wanted: Schema.String,
  /** Only what stays so whatever is asked for. */
  fixed: Schema.optionalKey(Schema.Literal(true))
}) {
  override get message(): string {
    const remedy =
      this.fixed === true
        ? this.field === "fields"
          ? "Choose another place: an export keeps the fields it began with."
          : `Choose another ${this.path.startsWith("s3://") ? "prefix" : "directory"}, or export as ${this.found}: --force does not change the ${this.field}.`
        : "Choose another place, or start over: --restart for an unfinished export, --force for a finished one."
    return `${this.path} belongs to an export with ${this.field} ${this.found}, this one has ${this.wanted}. ${remedy}`
  }
}

/** The part file is not what the checkpoint says: something else wrote to it. */
export class PartChanged extends Schema.TaggedError<PartChanged>()("PartChanged", {
  path: Schema.String,
  checkpoint: Schema.String
}) {
  override get message(): string {
    return `${this.path} was changed by something else, another export perhaps. Make sure only one runs at a time; start over with --restart.`
  }
}

/** A file stands where the export would go, and no manifest says that an export wrote it. */
export class Occupied extends Schema.TaggedError<Occupied>()("Occupied", { path: Schema.String }) {
  override get message(): string {
    return `${this.path} exists, and nothing says that it may be replaced. Choose another place, or allow it with --force.`
  }
}

/** The plan names a resource that is none of the API's, and none of one's own that the export was given. */
export class UnknownResource extends Schema.TaggedError<UnknownResource>()("UnknownResource", {
  name: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `There is no resource ${JSON.stringify(this.name)}: name one of ${this.known.join(", ")}, or add one of your own with Resource.layer.`
  }
}

/** A number of the plan is none it can have. */
export class BadPlan extends Schema.TaggedError<BadPlan>()("BadPlan", {
  option: Schema.String,
  /** As it was given. */
  given: Schema.String,
  expected: Schema.String
}) {
  override get message(): string {
    return `${this.option} cannot be ${this.given}: give ${this.expected}.`
  }
}

/** The plan asks for records, or for fields of records, in a way that one of its resources cannot have. */
export class BadSelection extends Schema.TaggedError<BadSelection>()("BadSelection", {
  resource: Schema.String,
  option: Schema.Literals(["where", "fields", "deletions"]),
  description: Schema.String
}) {
  override get message(): string {
    return `${this.option} cannot be so for ${this.resource}: ${this.description}.`
  }
}

/** What was deleted of a resource could not be told, and to export it now would lose that. */
export class DeletionsUntold extends Schema.TaggedError<DeletionsUntold>()("DeletionsUntold", {
  resource: Schema.String
}) {
  override get message(): string {
    return `It is left as it was: what was deleted of ${this.resource} could not be told, and would be lost. deletions: none (--deletions none) exports it all the same.`
  }
}

/** Another export writes to the same place. */
export class Locked extends Schema.TaggedError<Locked>()("Locked", {
  /** The lock; or the database that keeps it, for as long as its owner is connected. */
  path: Schema.String,
  inDatabase: Schema.optionalKey(Schema.Literal(true)),
  /** Null when the lock does not say: it is being written, or damaged. */
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
    const { inDatabase, owner, path } = this
    if (inDatabase) {
      const who = owner === null ? "" : `: process ${owner.pid} on ${owner.host}, since ${owner.startedAt}`
      return `Another export writes to ${path}${who}. Wait until it ends, or stop it.`
    }
    return owner === null
      ? `${path} does not say who holds it. If no other export runs, delete it; after a minute it is ignored.`
      : `Another export writes there: process ${owner.pid} on ${owner.host}, since ${owner.startedAt}. Wait until it ends, or stop it; should it be gone, delete ${path}.`
  }
}

/** Another export took the lock meanwhile: this one was suspended, or cut off, for longer than its lock counts. */
export class LostLock extends Schema.TaggedError<LostLock>()("LostLock", {
  /** What was locked. */
  path: Schema.String,
  /** Who took it, whether it still runs or not; null when that is not known. */
  owner: Schema.NullOr(Schema.Struct({ pid: Schema.Int, host: Schema.String }))
}) {
  override get message(): string {
    const { owner, path } = this
    const who = owner === null ? "another export" : `process ${owner.pid} on ${owner.host}`
    return `This export lost its lock on ${path}, because it was suspended for too long: ${who} took over. Run the same command again to resume from what that wrote.`
  }
}

/** Whatever read the standard output has closed it, as `head` does when it has seen enough. */
export class PipeClosed extends Schema.TaggedError<PipeClosed>()("PipeClosed", {}) {
  override get message(): string {
    return "The reader of the standard output has closed it: the export ends here."
  }
}

/** The walk has to start over, and what went into a pipe cannot be taken back. */
export class StartedOver extends Schema.TaggedError<StartedOver>()("StartedOver", {}) {
  override get message(): string {
    return "The listing has to be read again from its start, and what went to the standard output cannot be taken back. Run it again, or export to a file."
  }
}

/** A finished output is not where the manifest says. */
export class Missing extends Schema.TaggedError<Missing>()("Missing", { path: Schema.String }) {
  override get message(): string {
    return `${this.path} is not there, though it was exported. Put it back, or export it again with --force.`
  }
}

/** A finished output is not what its export left. */
export class Altered extends Schema.TaggedError<Altered>()("Altered", {
  path: Schema.String,
  what: Schema.Literals(["records", "bytes", "sha256"]),
  expected: Schema.String,
  found: Schema.String
}) {
  override get message(): string {
    const how = {
      records: `it has ${this.found} records, not ${this.expected}`,
      bytes: `it has ${this.found} bytes, not ${this.expected}`,
      sha256: "its records are different ones"
    }[this.what]
    return `${this.path} is not what the last export left: ${how}. Put a good copy back, or export it again with --force.`
  }
}

/** The last export ended at a moment that has not come yet: by a clock that was ahead, or this one is behind. */
export class ClockAhead extends Schema.TaggedError<ClockAhead>()("ClockAhead", {
  /** Where that is written. */
  path: Schema.String,
  /** Both in Unix seconds. */
  until: Schema.Int,
  now: Schema.Int
}) {
  override get message(): string {
    const [until, now] = [this.until, this.now].map((seconds) =>
      DateTime.formatIso(DateTime.makeUnsafe(seconds * 1000)).replace(".000", "")
    )
    return `${this.path} says that what changed until ${until} is exported, and it is ${now}: a clock is wrong, or was. Set this machine's clock if that is it; else export everything again with --force.`
  }
}

/** The API refused to continue where the export was. */
export class CursorRefused extends Schema.TaggedError<CursorRefused>()("CursorRefused", { error: IntercomError }) {
  override get message(): string {
    return `The API refused to continue where the export stood: ${this.error.reason.message} Start over with --restart.`
  }
}

/** A request failed for good. */
export class RequestFailed extends Schema.TaggedError<RequestFailed>()("RequestFailed", { error: IntercomError }) {
  override get message(): string {
    return this.error.message
  }
}

/** A file that the API was to make for the export came to nothing: another one is made the next time. */
export class JobFailed extends Schema.TaggedError<JobFailed>()("JobFailed", {
  job: Schema.String,
  /** As the API says it; null where it said nothing. */
  status: Schema.NullOr(Schema.String)
}) {
  override get message(): string {
    return `The API made no file: the job ${this.job} is ${this.status ?? "in no state it tells"}. Run the same command again, and another one is made.`
  }
}

/** The API gave a cursor a second time. */
export class Endless extends Schema.TaggedError<Endless>()("Endless", {
  /** Of the page that came next. */
  cursor: Schema.String,
  /**
   * What repeats itself when it is not the cursor: `pages`, one after the other without a record that did not come
   * before; `records`, of which twice as many came as the API counts.
   */
  repeats: Schema.optionalKey(Schema.Literals(["pages", "records"]))
}) {
  override get message(): string {
    const what = {
      cursor: `The API gave the cursor ${this.cursor} twice`,
      pages: "The API gives page after page of what it gave before",
      records: "The API gave twice as many records as it counts, and has more"
    }[this.repeats ?? "cursor"]
    return `${what}: the walk would never end. Try again with another --page-size.`
  }
}

/** The file is something else than a database. */
export class NotADatabase extends Schema.TaggedError<NotADatabase>()("NotADatabase", {
  path: Schema.String,
  /** What it should be. @default SQLite */
  kind: Schema.optionalKey(Schema.Literals(["SQLite", "DuckDB"]))
}) {
  override get message(): string {
    return `${this.path} is not a ${this.kind ?? "SQLite"} database. Choose another file.`
  }
}

/** Another program holds on to the database, or to a table in it. */
export class DatabaseBusy extends Schema.TaggedError<DatabaseBusy>()("DatabaseBusy", {
  database: Schema.String,
  /** Who has it open, where a database can be open in one program at a time: `process 4711`. */
  openIn: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    if (this.openIn !== undefined) {
      return `${this.database} is open in ${this.openIn}. Close it there, then run the same command again.`
    }
    return `${this.database} is locked by another program. Let it end its transaction, then run the same command again.`
  }
}

/** A package that only some sinks need is not installed, or does not run on this system. */
export class DriverMissing extends Schema.TaggedError<DriverMissing>()("DriverMissing", {
  /** What needs it. */
  database: Schema.String,
  /** As npm takes it: `@duckdb/node-api@1.5.6-r.1`. */
  package: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.database} needs a package that cannot be loaded (${this.description}). Install it beside this one: npm install ${this.package}`
  }
}

/** The address, or the name of the schema, is none that leads to a database. The address is not repeated: it may have a password. */
export class BadAddress extends Schema.TaggedError<BadAddress>()("BadAddress", {
  /** What is wrong with it, as a sentence, without any value of an address. */
  problem: Schema.String
}) {
  override get message(): string {
    return this.problem
  }
}

/** The server's certificate is not trusted, or it takes no encrypted connections where one is asked for. */
export class DatabaseInsecure extends Schema.TaggedError<DatabaseInsecure>()("DatabaseInsecure", {
  database: Schema.String,
  description: Schema.String,
  /** Whether there is a certificate, which is not trusted. */
  certificate: Schema.Boolean
}) {
  override get message(): string {
    return this.certificate
      ? `The certificate of ${this.database} is not trusted (${this.description}). Name the certificate of who signed it with sslrootcert=FILE, and the host as the certificate has it; sslmode=require encrypts without verifying.`
      : `${this.database} takes no encrypted connections (${this.description}), and the sslmode asks for one. Switch TLS on there, or, where you trust the network, write sslmode=prefer.`
  }
}

/** No server answers, or it takes no connections now. */
export class DatabaseUnreachable extends Schema.TaggedError<DatabaseUnreachable>()("DatabaseUnreachable", {
  database: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.database} cannot be reached (${this.description}). Check host and port, and that the server runs.`
  }
}

/** The server does not know the user, or not with this password, or wants an encrypted connection. */
export class DatabaseRefused extends Schema.TaggedError<DatabaseRefused>()("DatabaseRefused", {
  database: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.database} refused the login (${this.description}). Check user and password; some servers want ?sslmode=require at the end of the address.`
  }
}

/** The server has no database of this name. */
export class NoSuchDatabase extends Schema.TaggedError<NoSuchDatabase>()("NoSuchDatabase", {
  database: Schema.String
}) {
  override get message(): string {
    return `${this.database} does not exist. Create the database first, or correct its name.`
  }
}

/** The user may not do what an export does. */
export class DatabaseForbidden extends Schema.TaggedError<DatabaseForbidden>()("DatabaseForbidden", {
  database: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.database} does not allow it (${this.description}). An export creates tables in its schema: GRANT USAGE, CREATE ON SCHEMA … TO the user, on a server that is not a read-only replica.`
  }
}

/** The connection broke while the export ran. What was committed stays. */
export class DatabaseLost extends Schema.TaggedError<DatabaseLost>()("DatabaseLost", {
  database: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `The connection to ${this.database} was lost (${this.description}). Run the same command again to resume.`
  }
}

/** Any other failure of a database. */
export class DatabaseFailed extends Schema.TaggedError<DatabaseFailed>()("DatabaseFailed", {
  database: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.database}: ${this.description}`
  }
}

/** A table that exports keep their own records in is somebody else's. */
export class ForeignTable extends Schema.TaggedError<ForeignTable>()("ForeignTable", {
  /** The table and its database. */
  place: Schema.String,
  column: Schema.String
}) {
  override get message(): string {
    return `${this.place} was not made by an export: it has no column ${this.column}. Rename it, or choose another database.`
  }
}

/** The table is not made as this version makes it: another one made it, or something else. */
export class TableDiffers extends Schema.TaggedError<TableDiffers>()("TableDiffers", {
  /** The table and its database. */
  place: Schema.String,
  column: Schema.String,
  found: Schema.String,
  wanted: Schema.String
}) {
  override get message(): string {
    return `${this.place} has the column ${this.column} as ${this.found}, and records need ${this.wanted}. Export everything once, which creates the table again, or choose another database.`
  }
}

/** No server of object storage answers. */
export class BucketUnreachable extends Schema.TaggedError<BucketUnreachable>()("BucketUnreachable", {
  /** `s3://bucket/prefix`. */
  bucket: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.bucket} cannot be reached (${this.description}). Check the network, and AWS_ENDPOINT_URL_S3 where it is not Amazon's.`
  }
}

/** There are no credentials, the server does not know them, or they do not allow what an export does. */
export class BucketRefused extends Schema.TaggedError<BucketRefused>()("BucketRefused", {
  bucket: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.bucket} refused the request (${this.description}). Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or whatever else the AWS SDK takes credentials from; an export lists, gets, puts and deletes objects, and lists and aborts multipart uploads.`
  }
}

/** The server has no bucket of this name. */
export class NoSuchBucket extends Schema.TaggedError<NoSuchBucket>()("NoSuchBucket", { bucket: Schema.String }) {
  override get message(): string {
    return `The bucket of ${this.bucket} does not exist. Create it first, or correct its name.`
  }
}

/** The server does not look at the conditions of a write, so that it cannot keep two exports apart. */
export class NoConditionalWrites extends Schema.TaggedError<NoConditionalWrites>()("NoConditionalWrites", {
  bucket: Schema.String,
  /** The header that it does not heed. */
  header: Schema.Literals(["If-Match", "If-None-Match"])
}) {
  override get message(): string {
    return `${this.bucket} is on a server without conditional writes: it does not heed ${this.header}, and two exports could not be kept apart. Choose another server, or export to a directory and copy that.`
  }
}

/** What answers where object storage should be is something else: a console, a login, a proxy, another server. */
export class NotObjectStorage extends Schema.TaggedError<NotObjectStorage>()("NotObjectStorage", {
  bucket: Schema.String,
  /** How it answered. */
  description: Schema.String
}) {
  override get message(): string {
    return `What answers for ${this.bucket} does not speak S3 (${this.description}). Set AWS_ENDPOINT_URL_S3 to the address of the object storage itself, not of its console, a login page or a proxy.`
  }
}

/** Any other failure of object storage. */
export class BucketFailed extends Schema.TaggedError<BucketFailed>()("BucketFailed", {
  bucket: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.bucket}: ${this.description}`
  }
}

export const Reason = Schema.Union([
  UnknownResource,
  BadPlan,
  BadSelection,
  DeletionsUntold,
  DiskFull,
  NotWritable,
  NotReadable,
  InTheWay,
  FileFailed,
  DirectoryGone,
  Unreadable,
  OtherExport,
  PartChanged,
  Occupied,
  Locked,
  LostLock,
  PipeClosed,
  StartedOver,
  Missing,
  Altered,
  ClockAhead,
  CursorRefused,
  Endless,
  JobFailed,
  RequestFailed,
  NotADatabase,
  DatabaseBusy,
  DriverMissing,
  BadAddress,
  DatabaseInsecure,
  DatabaseUnreachable,
  DatabaseRefused,
  NoSuchDatabase,
  DatabaseForbidden,
  DatabaseLost,
  DatabaseFailed,
  ForeignTable,
  TableDiffers,
  BucketUnreachable,
  BucketRefused,
  NoSuchBucket,
  NoConditionalWrites,
  NotObjectStorage,
  BucketFailed
])
export type Reason = typeof Reason.Type

// Running the same command again cannot help with these.
const needsAnotherCommand: ReadonlySet<Reason["_tag"]> = new Set([
  "UnknownResource",
  "BadPlan",
  "BadSelection",
  "Unreadable",
  "OtherExport",
  "PartChanged",
  "Occupied",
  "LostLock",
  "PipeClosed",
  "StartedOver",
  "Missing",
  "Altered",
  "ClockAhead",
  "CursorRefused",
  "NotADatabase",
  "ForeignTable",
  "DirectoryGone",
  "DriverMissing",
  "BadAddress",
  "TableDiffers",
  "NoConditionalWrites"
])

// These are about one resource, the others may do.
const ofOne: ReadonlySet<Reason["_tag"]> = new Set([
  "DeletionsUntold",
  "InTheWay",
  "Unreadable",
  "OtherExport",
  "PartChanged",
  "Occupied",
  "StartedOver",
  "Missing",
  "Altered",
  "ClockAhead",
  "CursorRefused",
  "Endless",
  "JobFailed",
  "TableDiffers"
])

/** What an export fails with. */
export class ExportError extends Schema.TaggedError<ExportError>()("ExportError", {
  /** The resource being exported; absent when none was yet. */
  resource: Schema.optionalKey(Schema.String),
  /** Whether the same export of the resource, run again, finds a checkpoint to resume from. */
  kept: Schema.optionalKey(Schema.Boolean),
  reason: Reason
}) {
  override get message(): string {
    return `${this.resource === undefined ? "" : `${this.resource}: `}${this.reason.message}`
  }

  /** Whether every other resource would fail for the same reason. */
  get ofAll(): boolean {
    if (this.reason._tag !== "RequestFailed") return !ofOne.has(this.reason._tag)
    const { reason } = this.reason.error
    // A connection that breaks may be of one path; where none can be made, none can for the others.
    return reason._tag === "Unauthorized" || (reason._tag === "TransportError" && !reason.sent)
  }

  /** Whether the same export, run again once its cause is removed, resumes where this one stopped. */
  get resumable(): boolean {
    if (needsAnotherCommand.has(this.reason._tag)) return false
    // What the API's rules forbid, it forbids again.
    return this.reason._tag !== "RequestFailed" || this.reason.error.reason._tag !== "EncodeError"
  }
}

const full = new Set(["ENOSPC", "EDQUOT"])
// EEXIST: a directory was to be made where a file is.
const unwritable = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"])
// The second is Node's own, of what it is asked to remove.
const directories = new Set(["EISDIR", "ERR_FS_EISDIR"])
const unreadable = new Set(["EACCES", "EPERM"])
/** What only reads; where it is not allowed, nothing was to be written. */
const reading = new Set([
  "access",
  "exists",
  "readFile",
  "readDirectory",
  "readLink",
  "realPath",
  "stat",
  "read",
  "stream"
])

/** The reason behind a failure of the file system at `path`, which was opened to read it, or to do whatever the method does. */
export const fromPlatform = (
  path: string,
  { reason }: PlatformError,
  { reads = reading.has(reason.method) }: { readonly reads?: boolean } = {}
): Reason => {
  const { code, text } = systemError(reason.cause)
  if (code === "EPIPE") return new PipeClosed()
  if (full.has(code)) return new DiskFull({ path })
  if (directories.has(code)) return new InTheWay({ path, needed: "file" })
  if (code === "ENOTDIR" && reason.method === "readDirectory") return new InTheWay({ path, needed: "directory" })
  if (code === "ENOTDIR" && reads) return new InTheWay({ path: above(path), needed: "directory" })
  const description = text ?? described[reason._tag] ?? reason.description ?? reason._tag
  const denied = reason._tag === "PermissionDenied"
  if (reads) {
    return denied || unreadable.has(code)
      ? new NotReadable({ path, description })
      : new FileFailed({ path, description })
  }
  return denied || unwritable.has(code) ? new NotWritable({ path, description }) : new FileFailed({ path, description })
}

/** Of what is in a file instead of a directory. */
const above = (path: string): string => path.replace(/[\\/]+[^\\/]*$/, "")

/** Of a failure whose cause is not known. The error's own message may name a descriptor, which says nothing to anybody. */
const described: { readonly [tag: string]: string } = {
  AlreadyExists: "it exists already",
  NotFound: "no such file or directory",
  PermissionDenied: "permission denied",
  UnexpectedEof: "it ends too early",
  WouldBlock: "it is in use"
}

/** The system's code and words: `EIO: i/o error, fsync` is how Node has them. */
const systemError = (cause: unknown): { readonly code: string; readonly text?: string } => {
  if (typeof cause !== "object" || cause === null || !("code" in cause) || typeof cause.code !== "string") {
    return { code: "" }
  }
  const { code } = cause
  const message = cause instanceof Error ? cause.message : ""
  const [, words] = /^[A-Z0-9_]+: ([^,]+)/.exec(message) ?? []
  return { code, text: words === undefined ? code : `${words} (${code})` }
}
