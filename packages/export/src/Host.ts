/** The machine and the process an export runs in: a lock names them, so that others know whether its owner lives. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** This machine and process. `NodeHost.layer` is the one for Node. */
export class Host extends Context.Service<
  Host,
  {
    readonly hostname: string
    readonly pid: number
    /** Whether a process of this machine runs. */
    readonly isAlive: (pid: number) => Effect.Effect<boolean>
  }
>()("@effect-intercom/export/Host") {}
