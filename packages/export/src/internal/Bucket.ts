/** What the sink over object storage asks of a bucket: the part of S3 that servers which speak it have in common. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Reason } from "../ExportError.ts"

/** An object, whole. */
export interface Found {
  readonly bytes: Uint8Array
  /** Differs from that of any other content. */
  readonly etag: string
}

/** A multipart upload: what becomes an object when it is completed, and nothing when it is aborted. */
export interface Upload {
  readonly key: string
  readonly id: string
}

/** Keys are those below the prefix of an export. */
export interface Bucket {
  /** Where an object is, for messages: `s3://bucket/prefix/contacts.ndjson`; the prefix for the empty key. */
  readonly locate: (key: string) => string
  readonly get: (key: string) => Effect.Effect<Found | undefined, Reason>
  /** The size in bytes. */
  readonly size: (key: string) => Effect.Effect<number | undefined, Reason>
  /** The bytes of an object; fails with `Missing` where there is none. */
  readonly read: (key: string) => Stream.Stream<Uint8Array, Reason>
  /** So many of its bytes, from a place in it. */
  readonly range: (key: string, start: number, length: number) => Effect.Effect<Uint8Array, Reason>
  readonly put: (key: string, bytes: Uint8Array) => Effect.Effect<void, Reason>
  /**
   * Replaces the object that has this tag, or makes one where there is none. Gives the tag of what was written, and
   * `undefined` when the object is another by now.
   */
  readonly swap: (key: string, etag: string | undefined, bytes: Uint8Array) => Effect.Effect<string | undefined, Reason>
  /** The keys that begin with this. */
  readonly list: (start: string) => Effect.Effect<ReadonlyArray<string>, Reason>
  /** Of those that are not there, too. */
  readonly remove: (keys: ReadonlyArray<string>) => Effect.Effect<void, Reason>

  readonly begin: (key: string) => Effect.Effect<Upload, Reason>
  /** Gives a part of an upload, the first of which is number 1; only the last may have less than 5 MiB. */
  readonly upload: (upload: Upload, number: number, bytes: Uint8Array) => Effect.Effect<string, Reason>
  /** The same for a part that is an object of the bucket. */
  readonly copy: (upload: Upload, number: number, from: string) => Effect.Effect<string, Reason>
  /** Makes the object of the parts with these tags, in place of what is there. */
  readonly complete: (upload: Upload, etags: ReadonlyArray<string>) => Effect.Effect<void, Reason>
  /** Once it returns, the upload cannot be completed any more; there need not be one. */
  readonly abort: (upload: Upload) => Effect.Effect<void, Reason>
  /** All that were begun, and neither completed nor aborted. */
  readonly uploads: Effect.Effect<ReadonlyArray<Upload>, Reason>
}
