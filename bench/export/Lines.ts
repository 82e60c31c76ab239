import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { finished } from "node:stream/promises"
import type { Job } from "./Exporter.ts"

/** The file of a job as most write it: a stream, a line of JSON for each record. */
export const open = ({ directory, resource }: Job) => {
  const stream = createWriteStream(`${directory}/${resource}.ndjson`)
  stream.setMaxListeners(0)
  return {
    write: async (record: unknown): Promise<void> => {
      if (!stream.write(`${JSON.stringify(record)}\n`)) await once(stream, "drain")
    },
    close: async (): Promise<void> => {
      stream.end()
      await finished(stream)
    }
  }
}
