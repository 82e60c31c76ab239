/// <reference types="node" />
/** The host as Node knows it (Bun and Deno do too). */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readFileSync } from "node:fs"
import { hostname } from "node:os"
import { kill, pid } from "node:process"
import { Host } from "./Host.ts"

/** What the lock of a sink needs, on Node. */
export const layer: Layer.Layer<Host> = Layer.sync(Host, () =>
  Host.of({
    hostname: hostname(),
    pid,
    isAlive: (pid) => Effect.sync(() => isThere(pid) && !hasEnded(pid))
  })
)

const isThere = (pid: number): boolean => {
  try {
    // Signal 0 is not sent; it only asks.
    kill(pid, 0)
    return true
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** Of a process that ended, Linux keeps the number until its parent asks what became of it: a zombie. */
const hasEnded = (pid: number): boolean => {
  try {
    // "4711 (a name) S …": the name may have anything in it.
    return /^[ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /s, ""))
  } catch {
    // Another system, or a process that is not ours to look at.
    return false
  }
}
