/** The processes of a bench. */
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Stream from "effect/Stream"

/** A script of a bench, run by the same Node. */
export const script = (file: URL, ...args: ReadonlyArray<string>) =>
  ChildProcess.make(process.execPath, [...process.execArgv, file.pathname, ...args], { stderr: "inherit" })

/** Starts a server that prints its URL when it is ready, until the scope closes; gives that URL. */
export const serve = Effect.fnUntraced(function* (file: URL, ...args: ReadonlyArray<string>) {
  const server = yield* script(file, ...args)
  return yield* server.stdout.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runHead,
    Effect.flatMap(Effect.fromOption)
  )
})
