import { Tally } from "../internal/Contacts.ts"

/** What a walker prints, as JSON, on its only line. Times in milliseconds, memory in bytes. */
export interface Walk {
  readonly records: number
  readonly checksum: string
  /** From the first request to the last record. */
  readonly wall: number
  /** Of the whole process in that time, garbage collection's threads included. */
  readonly cpu: number
  /** The process' largest resident set, start-up included. */
  readonly peak: number
}

/** Walks once and prints what it took; imports are done by then, the JIT is cold. */
export const measure = async (walk: (baseUrl: string, tally: Tally) => Promise<void>): Promise<void> => {
  const [, , baseUrl] = process.argv
  if (baseUrl === undefined) throw new Error("Which server? Give its URL.")
  const tally = new Tally()
  const cpu = process.cpuUsage()
  const start = performance.now()
  await walk(baseUrl, tally)
  const wall = performance.now() - start
  const { system, user } = process.cpuUsage(cpu)
  const result: Walk = {
    records: tally.records,
    checksum: tally.checksum,
    wall,
    cpu: (user + system) / 1000,
    peak: process.resourceUsage().maxRSS * 1024
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
