/**
 * What a client costs before its first call, and what every further one does: `node bench/start/run.ts [--clients 200]`.
 * The first answer is that of a process of its own, from a server beside it, each program bundled into one file with what
 * it imports; one that asks with `undici` alone is the floor.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Schema from "effect/Schema"
import { build } from "esbuild"
import { pathToFileURL } from "node:url"
import { script, serve } from "../internal/Child.ts"
import { machine } from "../internal/Machine.ts"
import { rotate, spread, table } from "../internal/Report.ts"

const starters = { floor: "undici", official: "intercom-client", client: "effect-intercom" } as const
type Starter = keyof typeof starters

const here = (name: string) => new URL(`${name}.ts`, import.meta.url)
const server = new URL("../walk/server.ts", import.meta.url)

const Start = Schema.fromJsonString(Schema.Struct({ cpu: Schema.Finite, wall: Schema.Finite }))
const Clients = Schema.fromJsonString(
  Schema.Struct({ first: Schema.Finite, further: Schema.Finite, bytes: Schema.Finite })
)

/** Bundles the programs, which vanish with the scope. */
const bundled = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped({ prefix: "bench-start-" })
  yield* Effect.promise(() =>
    build({
      entryPoints: Object.keys(starters).map((name) => here(name).pathname),
      outdir: directory,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      // Some of it is CommonJS, which asks for modules of Node.
      banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
      logLevel: "error"
    })
  )
  return (name: Starter) => pathToFileURL(`${directory}/${name}.mjs`)
})

const run = Command.make(
  "start",
  {
    rounds: Flag.Int("rounds").pipe(Flag.withDescription("processes of each kind"), Flag.withDefault(9)),
    clients: Flag.Int("clients").pipe(Flag.withDescription("clients in one process"), Flag.withDefault(200))
  },
  Effect.fn(function* ({ clients, rounds }) {
    const spawner = yield* ChildProcessSpawner
    const url = yield* serve(server, "150")
    const program = yield* bundled
    const samples: Record<Starter, Array<typeof Start.Type>> = { floor: [], official: [], client: [] }
    const names: ReadonlyArray<Starter> = ["floor", "official", "client"]
    for (let round = 0; round < rounds; round++) {
      for (const name of rotate(names, round)) {
        const text = yield* spawner.string(script(program(name), url))
        samples[name].push(yield* Schema.decodeUnknownEffect(Start)(text))
      }
    }
    const text = yield* spawner.string(script(here("clients"), String(clients)))
    const { bytes, first, further } = yield* Schema.decodeUnknownEffect(Clients)(text)
    const cells = (name: Starter, of: (start: typeof Start.Type) => number) => spread(samples[name].map(of), 0)
    yield* Console.log(
      [
        machine(),
        "",
        table([
          ["first answer", "CPU ms", "ms"],
          ...names.map((name) => [starters[name], cells(name, ({ cpu }) => cpu), cells(name, ({ wall }) => wall)])
        ]),
        "",
        table([
          ["Intercom.layer", "value"],
          ["first, ms", first.toFixed(1)],
          ["further, ms", further.toFixed(2)],
          ["further, kB", (bytes / 1000).toFixed(1)]
        ])
      ].join("\n")
    )
  }, Effect.scoped)
)

run.pipe(Command.run({ version: "0.0.0" }), Effect.provide(NodeServices.layer), NodeRuntime.runMain)
