import { resources, type Resource } from "./Workspace.ts"

/** What an exporter is to do. */
export interface Job {
  readonly baseUrl: string
  readonly resource: Resource
  /** Where it leaves `contacts.ndjson` or `conversations.ndjson`. */
  readonly directory: string
  /** What it does at once, if it does. */
  readonly concurrency: number
}

/** What an exporter prints, as JSON, on its only line. Times in milliseconds, memory in bytes. */
export interface Run {
  /** From the first request to the last byte written. */
  readonly wall: number
  /** Of the whole process in that time, garbage collection's threads included. */
  readonly cpu: number
  /** The process' largest resident set, start-up included. */
  readonly peak: number
  /** The resident set, sampled at even intervals. */
  readonly curve: ReadonlyArray<number>
}

const sampleMillis = 100

const jobOf = ([baseUrl, name, directory, concurrency]: ReadonlyArray<string>): Job => {
  const resource = resources.find((resource) => resource === name)
  if (baseUrl === undefined || resource === undefined || directory === undefined) {
    throw new Error("Which server, resource and directory?")
  }
  return { baseUrl, resource, directory, concurrency: Number(concurrency ?? 8) }
}

/** Exports once and prints what it took; imports are done by then, the JIT is cold. */
export const measure = async (exporter: (job: Job) => Promise<void>): Promise<void> => {
  const job = jobOf(process.argv.slice(2))
  const curve: Array<number> = []
  const sampler = setInterval(() => curve.push(process.memoryUsage.rss()), sampleMillis)
  const cpu = process.cpuUsage()
  const start = performance.now()
  await exporter(job)
  const wall = performance.now() - start
  const { system, user } = process.cpuUsage(cpu)
  clearInterval(sampler)
  const run: Run = {
    wall,
    cpu: (user + system) / 1000,
    peak: process.resourceUsage().maxRSS * 1024,
    curve
  }
  process.stdout.write(`${JSON.stringify(run)}\n`)
}
