/** A sink of lines, as plain as it can be and still durable: until the one of the package is there. */
import { Sink, type Connection } from "@effect-intercom/export/Sink"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"

const replace = (file: string, text: string): void => {
  const fd = fs.openSync(`${file}.tmp`, "w")
  fs.writeSync(fd, text)
  fs.fsyncSync(fd)
  fs.closeSync(fd)
  fs.renameSync(`${file}.tmp`, file)
}

export const layer = (directory: string) => {
  const connection: Connection = {
    read: () => Effect.succeed(undefined),
    write: (document, text) => Effect.sync(() => replace(`${directory}/${document}.json`, text)),
    occupied: () => Effect.succeed(undefined),
    discard: () => Effect.void,
    peek: () => Effect.succeed(undefined),
    audit: () => Effect.die("not offered"),
    open: ({ name }) =>
      Effect.sync(() => {
        const fd = fs.openSync(`${directory}/${name}.ndjson`, "w")
        let count = 0
        return {
          checkpoint: undefined,
          commit: ({ records }, checkpoint) =>
            Effect.sync(() => {
              count += records.length
              fs.writeSync(fd, records.map((record) => `${JSON.stringify(record)}\n`).join(""))
              fs.fsyncSync(fd)
              replace(`${directory}/${name}.checkpoint`, checkpoint)
            }),
          finish: (place) =>
            Effect.sync(() => {
              fs.closeSync(fd)
              return { place, records: count, bytes: null, sha256: "", quarantined: 0 }
            }),
          forget: Effect.void
        }
      })
  }
  return Layer.succeed(Sink, {
    name: "file",
    connect: Effect.succeed(connection),
    inspect: Effect.succeed(connection)
  })
}
