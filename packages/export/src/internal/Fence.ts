/**
 * What keeps an export that lost its lock from writing files, however long it was suspended, and wherever.
 *
 * All an export writes, it writes in a directory of its own, and moves into place when it is done:
 *
 * ```
 * .export/7-4711@etl-1,held     the seventh to take the lock, process 4711 on etl-1, works here
 * .export/7-4711@etl-1          and this is what it left when it gave the lock back
 * ```
 *
 * Whoever takes the lock renames that directory to one with the next number, the fencing token. From then on nothing that
 * the one before does by a path of its own succeeds. What it had opened before, it could still write to: unless it
 * certainly runs no more, the files are copied, and the copies take their place.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import * as Directory from "../Directory.ts"
import { DirectoryGone, fromPlatform, Locked, LostLock, type Reason } from "../ExportError.ts"
import { Host } from "../Host.ts"
import type * as Lock from "../Lock.ts"
import * as Files from "./Files.ts"

export interface Fence {
  /** Greater than that of everyone who had the lock before. */
  readonly token: number
  /** Where this export works; it is gone once another takes over. */
  readonly directory: string
  readonly isOurs: Effect.Effect<boolean, Reason>
  /** Fails with `LostLock` when another took over. */
  readonly mustBeOurs: Effect.Effect<void, Reason>
  /** Fails with `LostLock` when another took over before, or when it fails because another did meanwhile. */
  readonly guard: <A, R>(effect: Effect.Effect<A, Reason, R>) => Effect.Effect<A, Reason, R>
}

type Environment = FileSystem.FileSystem | Path.Path | Host

/** `held`: its export runs, or was killed. `taken`: files in it may still be written to by the one before. */
type State = "free" | "held" | "taken"

/** The directory of an export, as its name says. */
interface Work {
  readonly token: number
  readonly owner: { readonly pid: number; readonly host: string }
  readonly state: State
}

const nameOf = ({ owner: { host, pid }, state, token }: Work): string =>
  `${token}-${pid}@${encodeURIComponent(host)}${state === "free" ? "" : `,${state}`}`

const read = (name: string): ReadonlyArray<Work> => {
  const [, token, pid, host = "", state = "free"] = /^(\d+)-(\d+)@([^,]*)(?:,(held|taken))?$/.exec(name) ?? []
  if (token === undefined) return []
  // The expression has these.
  return [{ token: Number(token), owner: { pid: Number(pid), host: decoded(host) }, state: state as State }]
}

/** A name that is not of our making has no host that anybody is called. */
const decoded = (host: string): string => (/%(?![0-9A-Fa-f]{2})/.test(host) ? host : decodeURIComponent(host))

const rootOf = (directory: string) => Effect.map(Path.Path, ({ join }) => join(directory, ".export"))

const latest = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  if (!(yield* Files.exists(root))) return undefined
  const names = yield* Files.at(root)(fs.readDirectory(root))
  return names.flatMap(read).toSorted((a, b) => b.token - a.token)[0]
})

/** Where what is unfinished in a directory is now. */
export const find = Effect.fnUntraced(function* (directory: string) {
  const { join } = yield* Path.Path
  const root = yield* rootOf(directory)
  const work = yield* latest(root)
  return work === undefined ? undefined : join(root, nameOf(work))
})

/** Shuts out whoever had the lock before. It is held, and stays so for as long as the scope. */
export const take: (
  directory: string,
  path: string,
  lock: Lock.Lock
) => Effect.Effect<Fence, Reason, Environment | Scope.Scope> = Effect.fnUntraced(function* (directory, path, lock) {
  const fs = yield* FileSystem.FileSystem
  const { join } = yield* Path.Path
  const { hostname: host, pid } = yield* Host
  const root = yield* rootOf(directory)
  yield* Directory.make(root)

  const found = yield* latest(root)
  const mine = { token: (found?.token ?? 0) + 1, owner: { pid, host } }
  const at = (state: State) => join(root, nameOf({ ...mine, state }))
  const shared = found !== undefined && mayBeWrittenTo(found, lock.dead)
  const first = at(shared ? "taken" : "held")

  const enter =
    found === undefined
      ? Files.at(first)(fs.makeDirectory(first))
      : Effect.mapError(fs.rename(join(root, nameOf(found)), first), (error) =>
          // Who finds it gone comes second.
          error.reason._tag === "NotFound" ? new Locked({ path, owner: null }) : fromPlatform(first, error)
        )
  const directoryOf = { current: first }
  yield* Effect.acquireRelease(enter, () =>
    // It is another's by now, or stays as that of an export that was killed.
    Effect.ignore(Effect.suspend(() => fs.rename(directoryOf.current, at("free"))))
  )

  const isOurs = Effect.suspend(() => Files.exists(directoryOf.current)).pipe(
    Effect.provideService(FileSystem.FileSystem, fs)
  )
  yield* lock.keep(isOurs)
  if (shared) {
    yield* renew(first)
    yield* Files.at(at("held"))(fs.rename(first, at("held")))
    directoryOf.current = at("held")
  }
  yield* Files.syncDirectory(root)

  const lost = Effect.map(latest(root), (work) =>
    // Who takes over makes another.
    work === undefined ? new DirectoryGone({ path: directory }) : new LostLock({ path, owner: work.owner })
  ).pipe(Effect.provideService(FileSystem.FileSystem, fs))
  const mustBeOurs = Effect.flatMap(isOurs, (ours) => (ours ? Effect.void : Effect.flatMap(lost, Effect.fail)))
  return {
    token: mine.token,
    directory: directoryOf.current,
    isOurs,
    mustBeOurs,
    guard: (effect) =>
      Effect.andThen(mustBeOurs, effect.pipe(Effect.catch((reason) => Effect.andThen(mustBeOurs, Effect.fail(reason)))))
  } satisfies Fence
})

/** Unless its export gave it back, or is certainly no more, it may have files open. */
const mayBeWrittenTo = ({ owner, state }: Work, dead: Lock.Owner | undefined): boolean => {
  if (state !== "held") return state === "taken"
  return dead?.pid !== owner.pid || dead.host !== owner.host
}

/** Puts a copy in the place of each file. */
const renew = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const { join } = yield* Path.Path
  const names = yield* Files.at(directory)(fs.readDirectory(directory))
  yield* Effect.forEach(
    names,
    (name) => {
      const file = join(directory, name)
      // Of a takeover that was killed.
      if (name.endsWith(copied)) return Files.remove(file)
      return Files.at(file)(Effect.andThen(fs.copyFile(file, `${file}${copied}`), fs.rename(`${file}${copied}`, file)))
    },
    { discard: true }
  )
})

const copied = ",copy"
