/** Tokens in files, as Kubernetes and Docker mount secrets. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Random from "effect/Random"
import type { Backend } from "./Backend.ts"
import { malformed } from "./Backend.ts"
import * as Credentials from "./Credentials.ts"
import { isName, UnknownWorkspace } from "./TokenStoreError.ts"

const isMissing = ({ reason }: PlatformError): boolean => reason._tag === "NotFound"

export const make = (directory: string): Effect.Effect<Backend, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (fs) => {
    const pathOf = (name: string) => `${directory}/${name}`
    return {
      find: Effect.fnUntraced(function* (workspace) {
        // By the list, as some file systems have `ACME` where `acme` is, and devices everywhere.
        const names = yield* fs.readDirectory(directory).pipe(
          Effect.catchIf(isMissing, () => {
            const remedy = `The directory ${directory} is not there: check its path, and whether it is mounted.`
            return Effect.fail(new UnknownWorkspace({ workspace, remedy }))
          })
        )
        if (!names.includes(workspace)) return undefined
        const text = yield* fs
          .readFileString(pathOf(workspace))
          .pipe(Effect.catchIf(isMissing, () => Effect.succeed(undefined)))
        if (text === undefined) return undefined
        return yield* Effect.mapError(Credentials.read(text), malformed(workspace))
      }),
      set: Effect.fnUntraced(function* (workspace, credentials) {
        yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 })
        // Whoever reads sees the old file or the new one. What begins with a dot is no workspace.
        const draft = pathOf(`.${workspace}.${yield* Random.nextInt}`)
        yield* fs.writeFileString(draft, Credentials.write(credentials), { flag: "wx", mode: 0o600 }).pipe(
          Effect.andThen(fs.rename(draft, pathOf(workspace))),
          Effect.onError(() => Effect.ignore(fs.remove(draft, { force: true })))
        )
      }),
      remove: (workspace) => fs.remove(pathOf(workspace), { force: true }),
      keys: fs.readDirectoryEntries(directory).pipe(
        Effect.catchIf(isMissing, () => Effect.succeed([])),
        Effect.map((entries) =>
          entries.flatMap(({ name, type }) => (type !== "Directory" && isName(name) ? [name] : []))
        )
      )
    }
  })
