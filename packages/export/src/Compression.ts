/** Compression of files, which `effect` does not have: the platform provides it. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"

/** `gzip` is read by everything, `zstd` is faster and smaller. */
export type Format = "gzip" | "zstd"

/** The end of a file's name. */
export const extensions: Readonly<Record<Format, string>> = { gzip: "gz", zstd: "zst" }

/** What was read is not what the compression writes. */
export class Damaged extends Schema.TaggedError<Damaged>()("Damaged", { description: Schema.String }) {
  override get message(): string {
    return `The compressed data is damaged: ${this.description}`
  }
}

/** Compresses. `NodeCompression.layer` is the one for Node. */
export class Compression extends Context.Service<
  Compression,
  {
    /**
     * One complete gzip member or zstd frame. Several after one another are a file that `zcat` and `zstd -dc` read; the
     * same bytes are always compressed to the same bytes.
     */
    readonly compress: (format: Format, bytes: Uint8Array) => Effect.Effect<Uint8Array>
    /** What a file of members or frames holds. */
    readonly decompress: (
      format: Format
    ) => <E>(bytes: Stream.Stream<Uint8Array, E>) => Stream.Stream<Uint8Array, E | Damaged>
  }
>()("@effect-intercom/export/Compression") {}
