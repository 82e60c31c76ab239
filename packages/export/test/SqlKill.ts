/** Runs `SqlChild.ts`, and kills it. */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as NodePath from "node:path"
import { createInterface } from "node:readline"
import { often } from "./Kills.ts"

/** Where it exports to. */
export interface Child {
  readonly CHILD_FILE?: string
  readonly CHILD_DUCKDB?: string
  readonly CHILD_URL?: string
  readonly CHILD_S3?: string
  readonly CHILD_BUCKET?: string
  readonly CHILD_PREFIX?: string
  readonly CHILD_FORMAT?: "ndjson" | "csv" | "parquet"
  readonly CHILD_SCHEMA?: string
}

/** When it is killed: as soon as it has said so many lines, or that it finishes or forgets. */
export type Moment = number | "finish" | "forget" | "never"

const run = (child: Child, mode: Mode, moment: Moment): Effect.Effect<ReadonlyArray<string>> =>
  Effect.promise(async () => {
    const program = NodePath.join(import.meta.dirname, "SqlChild.ts")
    const running = spawn(process.execPath, [program], {
      env: { ...process.env, ...child, CHILD_MODE: mode },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let errors = ""
    running.stderr.on("data", (chunk) => (errors += String(chunk)))
    const exit = once(running, "exit")
    const said: Array<string> = []
    for await (const line of createInterface(running.stdout)) {
      said.push(line)
      if (line === moment || said.length === moment) running.kill("SIGKILL")
    }
    const [code, signal] = await exit
    // A warning is an error too: users would see it.
    if (errors !== "" || (code !== 0 && signal !== "SIGKILL")) throw new Error(`${code} ${signal}: ${errors}`)
    return said
  })

/** Processes take a while to start, where others run too. */
export const timeout = 120_000

type Mode = "replace" | "merge"

/** The modes that are tried. */
export const modes: ReadonlyArray<Mode> = often ? ["replace", "merge"] : ["replace"]

const moments: Readonly<Record<Mode, ReadonlyArray<Moment>>> = {
  replace: often ? [3, 1, "finish", "forget", "never"] : [3, "finish", "never"],
  merge: [5, "finish", "never"]
}

/** Kills the export again and again, and lets it end in the last run. */
export const survive = (child: Child, mode: Mode) =>
  Effect.map(
    Effect.forEach(moments[mode], (moment) => run(child, mode, moment)),
    (runs) => runs.at(-1)?.at(-1)
  )

/** The same without being killed. */
export const undisturbed = (child: Child, mode: Mode) => Effect.map(run(child, mode, "never"), (said) => said.at(-1))
