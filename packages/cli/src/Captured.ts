/** A file of notifications that were captured: a line for each. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** A line: when it came, and its body to the byte, as signatures are over bytes. */
const Line = Schema.Struct({ at: Schema.String, body: Schema.String })

const decode = Schema.decodeOption(Schema.fromJsonString(Line))

/** Makes a file that is not there, or fails where nothing can be added to one. */
export const open = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(file, "", { flag: "a" }))

/** Adds a notification to the end of a file. */
export const append = (file: string, at: string, body: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.writeFileString(file, `${JSON.stringify({ at, body } satisfies typeof Line.Type)}\n`, { flag: "a" })
  )

/** The bodies in a file: of such lines, or of lines that are notifications themselves. */
export const bodies = (file: string) =>
  Stream.unwrap(
    Effect.map(FileSystem.FileSystem, (fs) =>
      fs.stream(file).pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.filter((line) => line.trim() !== ""),
        Stream.map((line) => Option.match(decode(line), { onNone: () => line, onSome: ({ body }) => body }))
      )
    )
  )
