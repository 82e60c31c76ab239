/**
 * What many workspaces in one process cost: `node bench/tenants/run.ts [--workspaces 1000]`. Each has a client of its own
 * and calls twice, by an `HttpClient` that answers at once: what is measured is the client's own. A process for each kind
 * of client.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Schema from "effect/Schema"
import { script } from "../internal/Child.ts"
import { machine } from "../internal/Machine.ts"
import { table } from "../internal/Report.ts"

const Measured = Schema.fromJsonString(
  Schema.Struct({
    first: Schema.Finite,
    firstCall: Schema.Finite,
    again: Schema.Finite,
    cpu: Schema.Finite,
    bytes: Schema.Finite
  })
)

const run = Command.make(
  "tenants",
  { workspaces: Flag.Int("workspaces").pipe(Flag.withDescription("in one process"), Flag.withDefault(1000)) },
  Effect.fn(function* ({ workspaces }) {
    const spawner = yield* ChildProcessSpawner
    const rows = yield* Effect.forEach(["one resource", "every resource"], (kind) =>
      spawner.string(script(new URL("clients.ts", import.meta.url), kind, String(workspaces))).pipe(
        Effect.flatMap(Schema.decodeUnknownEffect(Measured)),
        Effect.map(({ again, bytes, cpu, first, firstCall }) => [
          kind,
          (bytes / 1000).toFixed(1),
          ((bytes * workspaces) / 1_000_000).toFixed(0),
          first.toFixed(0),
          firstCall.toFixed(2),
          cpu.toFixed(2),
          again.toFixed(2)
        ])
      )
    )
    yield* Console.log(
      [
        machine(),
        "",
        `${workspaces.toLocaleString("en")} workspaces`,
        "",
        table([
          ["client", "kB each", "MB in all", "very first call, ms", "first call, ms", "its CPU, ms", "next call, ms"],
          ...rows
        ])
      ].join("\n")
    )
  })
)

run.pipe(Command.run({ version: "0.0.0" }), Effect.provide(NodeServices.layer), NodeRuntime.runMain)
