/** Prism's own command on the effective document, for people to poke at. */
import * as Flag from "effect/cli/Flag"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as ChildProcess from "effect/process/ChildProcess"
import type * as EffectiveDocument from "../document/EffectiveDocument.ts"
import { PrismError } from "../traffic/Prism.ts"
import { allowRefs } from "./Flags.ts"
import * as DocumentSource from "../document/DocumentSource.ts"

export interface Options extends EffectiveDocument.Options {
  /** 0 for a free one. */
  readonly port: number
  /** Bodies made up anew for each request, instead of the same ones. */
  readonly dynamic?: boolean
  /** Where Prism writes; `inherit` when left out. */
  readonly stdout?: "inherit" | "pipe"
}

/** Starts Prism, on a copy of the effective document. It ends, and the file it reads is removed, when the scope closes. */
export const start = Effect.fn("PrismCommand.start")(function* (options: Options) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { document } = yield* DocumentSource.read(options)
  const file = yield* fs.makeTempFileScoped({ prefix: "intercom-", suffix: ".json" })
  yield* fs.writeFileString(file, JSON.stringify(document))
  const prism = yield* path.fromFileUrl(new URL(import.meta.resolve("@stoplight/prism-cli/dist/index.js")))
  const args = ["mock", file, "--port", String(options.port), ...(options.dynamic ? ["--dynamic"] : [])]
  const child = yield* ChildProcess.make(process.execPath, [prism, ...args], {
    stdin: "ignore",
    stdout: options.stdout ?? "inherit",
    stderr: "inherit"
  })
  return { process: child, file }
})

/** The address Prism announces, in its output; it colours what goes to a terminal. */
export const addressIn = (output: string): string | undefined =>
  // oxlint-disable-next-line no-control-regex
  /listening on (http:\/\/[\w.:]+)/.exec(output.replaceAll(/\x1b\[[\d;]*m/g, ""))?.[1]

const flags = {
  port: Flag.Int("port").pipe(Flag.withDescription("0 for a free one"), Flag.withDefault(4010)),
  spec: Flag.String("spec").pipe(
    Flag.withMetavar("FILE|URL"),
    Flag.withDescription("an OpenAPI document; Intercom's with the project's overlays when left out"),
    Flag.optional
  ),
  allowRefs,
  plain: Flag.Boolean("no-overlays").pipe(Flag.withDefault(false), Flag.withDescription("the document as published")),
  dynamic: Flag.Boolean("dynamic").pipe(
    Flag.withDefault(false),
    Flag.withDescription("make bodies up, instead of the same ones each time")
  )
}

/** The command behind `pnpm mock`. It runs until it is interrupted. */
export const command = Command.make("mock", flags, ({ allowRefs, dynamic, plain, port, spec }) =>
  Effect.gen(function* () {
    yield* Console.log('Any bearer token will do: -H "Authorization: Bearer x"')
    const overlays = plain ? ("none" as const) : ("auto" as const)
    const options = { spec: Option.getOrUndefined(spec), allowRefs, overlays }
    const prism = yield* start({ ...options, port, dynamic })
    const code = yield* prism.process.exitCode
    if (code !== 0) return yield* new PrismError({ description: `its command ended with code ${code}` })
  }).pipe(Effect.scoped)
).pipe(Command.withDescription("Serve Intercom's document with Prism, on this machine"))
