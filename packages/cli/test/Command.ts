/** Runs the `intercom` command: within the test, or as a process of its own. */
import { exitCode, main } from "@effect-intercom/cli/Main"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Sink from "effect/Sink"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as TestConsole from "effect/testing/TestConsole"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { bundle } from "./Bundle.ts"

export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command within this process; only `env` is its environment, and no stream is a terminal. */
export const inProcess = (
  args: ReadonlyArray<string> | Effect.Effect<ReadonlyArray<string>>,
  env: Record<string, string> = {},
  /** Instead of the machine's own. */
  disk: Layer.Layer<FileSystem.FileSystem> = NodeFileSystem.layer
): Effect.Effect<Result> =>
  Effect.gen(function* () {
    let written = ""
    let piped = ""
    const stdio = Stdio.layerTest({
      args: Effect.isEffect(args) ? args : Effect.succeed(args),
      stdout: () => Sink.forEach((text) => Effect.sync(() => void (piped += String(text)))),
      stderr: () => Sink.forEach((text) => Effect.sync(() => void (written += String(text))))
    })
    const exit = yield* Effect.exit(main).pipe(
      Effect.provide(Layer.provideMerge(Layer.merge(stdio, disk), NodeServices.layer))
    )
    const stdout = yield* TestConsole.logLines
    const stderr = yield* TestConsole.errorLines
    return { code: exitCode(exit), stdout: piped + stdout.join("\n"), stderr: written + stderr.join("\n") }
  }).pipe(
    Effect.provide(TestConsole.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env)),
    Effect.scoped
  )

/** The command's sources, which the project itself runs. */
export const sources = fileURLToPath(new URL("../src/bin.ts", import.meta.url))

/** What a command has of this process' environment. */
const inherited = Object.fromEntries(
  ["PATH", "NODE_COMPILE_CACHE"].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
)

/** Starts the command, as it is published, as a process of its own; it is killed when the scope closes. */
export const start = (args: ReadonlyArray<string>, env: Record<string, string> = {}, program?: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const path = program ?? (await bundle()).path
      const child = spawn(process.execPath, [path, ...args], { env: { ...inherited, ...env } })
      const output = { stdout: "", stderr: "" }
      child.stdout.setEncoding("utf8").on("data", (text: string) => void (output.stdout += text))
      child.stderr.setEncoding("utf8").on("data", (text: string) => void (output.stderr += text))
      const closed = new Promise<number>((resolve) => {
        child.on("close", (code) => resolve(code ?? -1))
      })
      return {
        output,
        signal: (signal: NodeJS.Signals) => Effect.sync(() => void child.kill(signal)),
        result: Effect.map(
          Effect.promise(() => closed),
          (code): Result => ({ code, ...output })
        ),
        child
      }
    }),
    ({ child }) => Effect.sync(() => void child.kill("SIGKILL"))
  )

/** Runs the command as a process of its own to its end. */
export const run = (args: ReadonlyArray<string>, env?: Record<string, string>) =>
  Effect.scoped(Effect.flatMap(start(args, env), ({ result }) => result))

/** Waits until something is so. */
export const until = <E, R>(condition: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(condition, { schedule: Schedule.spaced("5 millis"), until: (so) => so })

/** All of a stream. */
export const collect = Stream.runCollect

/** A directory that vanishes after the test. */
export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  fs.makeTempDirectoryScoped({ prefix: "intercom-" })
)
