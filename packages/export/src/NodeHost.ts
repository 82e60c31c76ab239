/// <reference types="node" />
/** The host as Node knows it (Bun and Deno do too). */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hostname } from "node:os"
import { kill, pid } from "node:process"
import { Host } from "./Host.ts"

/** What the lock of a sink needs, on Node. */
export const layer: Layer.Layer<Host> = Layer.sync(Host, () =>
  Host.of({
    hostname: hostname(),
    pid,
    isAlive: (pid) =>
      Effect.sync(() => {
        try {
          // Signal 0 is not sent; it only asks.
          kill(pid, 0)
          return true
        } catch (error) {
          // It is there, and somebody else's.
          return error instanceof Error && "code" in error && error.code === "EPERM"
        }
      })
  })
)
