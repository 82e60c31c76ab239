/**
 * The lock on what an export writes to: a file that is created by one process alone, and says which. It keeps exports
 * from starting beside one another; that none writes that lost it is what the fencing token is for (see `Sink.ts`).
 *
 * ```json
 * { "pid": 4711, "host": "etl-1", "startedAt": "2026-11-27T09:00:00.000Z", "renewedAt": "2026-11-27T09:10:20.000Z" }
 * ```
 *
 * A lock whose owner is gone does not stay in the way: it is taken over when its process no longer runs on this host,
 * and, as nothing is known of processes on other hosts, when it was not renewed for a minute (it is renewed every ten
 * seconds, so the clocks of hosts that share a directory may differ by some 50 seconds). One that is damaged counts from
 * when its file was last written. Of several processes that find it so, one gets it.
 *
 * A process that was suspended for more than a minute may have lost its lock when it wakes up, which the lock cannot tell
 * for certain: whoever took it may have given it back. In containers that share a volume, hostnames must differ, as their
 * process ids do not.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Locked, type Reason } from "./ExportError.ts"
import { Host } from "./Host.ts"
import * as Files from "./internal/Files.ts"

/** Who holds a lock. */
export const Owner = Schema.Struct({
  pid: Schema.Int,
  host: Schema.String,
  /** ISO 8601, UTC. */
  startedAt: Schema.String,
  renewedAt: Schema.DateTimeUtcFromString
})
export type Owner = typeof Owner.Type

/** A lock that is held. */
export interface Lock {
  /** The process that had it before and does not run any more; undefined when none had it, or it may still run. */
  readonly dead: Owner | undefined
  /** Renews the lock until the scope closes, or `isOurs` says that what it guards is another's. */
  readonly keep: (isOurs: Effect.Effect<boolean, Reason>) => Effect.Effect<void, never, Scope.Scope>
}

const renewal = Duration.seconds(10)

/** How long a lock that is not renewed counts. */
const patience = Duration.minutes(1)

type Environment = FileSystem.FileSystem | Path.Path | Host

/** Takes the lock at `path`, until the scope closes. Fails with `Locked` when another export has it. */
export const acquire: (path: string) => Effect.Effect<Lock, Reason, Environment | Scope.Scope> = Effect.fnUntraced(
  function* (path: string) {
    const context = Context.pick(FileSystem.FileSystem, Path.Path, Host)(yield* Effect.context<Environment>())
    const { claim, dead } = yield* Effect.acquireRelease(take(path), ({ claim }) => release(claim))
    yield* tidy(claim)
    const keep: Lock["keep"] = (isOurs) => {
      const renew = Effect.gen(function* () {
        const ours = yield* isOurs
        if (ours) yield* rewrite(claim)
        return ours
      }).pipe(
        Effect.provideContext(context),
        // A renewal that fails costs nothing yet: the next may succeed.
        Effect.tapError((reason) => Effect.logWarning(`${path} could not be renewed: ${reason.message}`)),
        Effect.orElseSucceed(() => true)
      )
      const renewals = Effect.repeat(renew, { schedule: Schedule.spaced(renewal), while: (ours) => ours })
      return Effect.asVoid(Effect.forkScoped(Effect.delay(renewals, renewal)))
    }
    return { dead, keep }
  }
)

/** This process, asking for a lock. */
interface Claim {
  readonly path: string
  /** Names the process and the lock. */
  readonly id: string
  /** Where it writes what it puts in place. */
  readonly file: string
  readonly owner: Omit<Owner, "renewedAt">
}

/** The locks this process holds or asks for: one with its id that is not among them is of a process before it. */
const held = new Set<string>()

const claimOn = Effect.fnUntraced(function* (path: string) {
  const { hostname: host, pid } = yield* Host
  const absolute = (yield* Path.Path).resolve(path)
  return {
    path,
    id: `${pid}@${host}:${absolute}`,
    file: `${path}.${encodeURIComponent(host)}.${pid}`,
    owner: { pid, host, startedAt: DateTime.formatIso(yield* DateTime.now) }
  } satisfies Claim
})

/** What asking for a lock came to. */
interface Taken extends Pick<Lock, "dead"> {
  readonly claim: Claim
}

const take: (path: string) => Effect.Effect<Taken, Reason, Environment> = Effect.fnUntraced(function* (path: string) {
  const claim = yield* claimOn(path)
  if (held.has(claim.id)) return yield* lockedBy(path, yield* look(path))
  held.add(claim.id)
  const dead = yield* Effect.onError(obtain(claim), () => Effect.sync(() => held.delete(claim.id)))
  return { claim, dead }
})

const obtain = Effect.fnUntraced(function* (claim: Claim) {
  if (yield* create(claim)) return undefined
  yield* mustBeStale(claim)
  return yield* takeOver(claim)
})

/**
 * Who takes a stale lock over has to hold the lock on doing so, which may be stale itself. Only then it is certain that
 * the stale one is not another's new one by now.
 */
const takeOver = (claim: Claim): Effect.Effect<Owner | undefined, Reason, Environment> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { path } = claim
      yield* Effect.acquireRelease(take(`${path}.takeover`), ({ claim }) => release(claim)).pipe(
        Effect.mapError((reason) => (reason._tag === "Locked" ? new Locked({ path, owner: reason.owner }) : reason))
      )
      const dead = yield* mustBeStale(claim)
      yield* rewrite(claim)
      return dead
    })
  )

/** Gives the owner of a lock that is stale, when it is certain that it does not run any more. */
const mustBeStale = Effect.fnUntraced(function* (claim: Claim) {
  const found = yield* look(claim.path)
  if (found === undefined) return undefined
  const owner = Option.getOrUndefined(found.owner)
  if (owner !== undefined && (yield* isDead(claim, owner))) return owner
  return (yield* isOld(found)) ? undefined : yield* lockedBy(claim.path, found)
})

const release = (claim: Claim) =>
  Effect.gen(function* () {
    held.delete(claim.id)
    const found = yield* look(claim.path)
    if (found !== undefined && isOwn(claim, found)) yield* Files.remove(claim.path)
  }).pipe(Effect.catch((reason) => Effect.logWarning(`${claim.path} could not be removed: ${reason.message}`)))

/** Creates the lock with its content, at once; false when there is one. */
const create = Effect.fnUntraced(function* (claim: Claim) {
  const fs = yield* FileSystem.FileSystem
  const { file, path } = claim
  const content = yield* contentOf(claim)
  yield* Files.at(file)(fs.writeFile(file, content))
  // Not every file system has links: without them, others may see the lock while it is still empty.
  const place = Effect.catchIf(
    fs.link(file, path),
    (error) => !isOf("AlreadyExists")(error),
    () => fs.writeFile(path, content, { flag: "wx" })
  )
  const created = yield* Files.at(path)(
    Effect.catchIf(Effect.as(place, true), isOf("AlreadyExists"), () => Effect.succeed(false))
  )
  yield* Files.remove(file)
  return created
})

/** Puts the lock in place, whatever is there. It need not survive a power cut: its process does not either. */
const rewrite = Effect.fnUntraced(function* (claim: Claim) {
  const fs = yield* FileSystem.FileSystem
  const { file, path } = claim
  const content = yield* contentOf(claim)
  yield* Files.at(path)(Effect.andThen(fs.writeFile(file, content), fs.rename(file, path)))
})

const encode = Schema.encodeSync(Owner)

const contentOf = ({ owner }: Claim) =>
  Effect.map(DateTime.now, (renewedAt) =>
    new TextEncoder().encode(`${JSON.stringify(encode({ ...owner, renewedAt }), null, 2)}\n`)
  )

/** A lock that was found. */
interface Found {
  /** None when it is damaged. */
  readonly owner: Option.Option<Owner>
  /** Of the file, in milliseconds. */
  readonly writtenAt: number
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Owner))

const look = (path: string): Effect.Effect<Found | undefined, Reason, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const owner = decode(yield* fs.readFileString(path))
    const { mtime } = yield* fs.stat(path)
    return { owner, writtenAt: Option.getOrElse(mtime, () => new Date(0)).getTime() }
  }).pipe(
    Effect.catchIf(isOf("NotFound"), () => Effect.undefined),
    Files.at(path)
  )

const isOf = (tag: PlatformError["reason"]["_tag"]) => (error: PlatformError) => error.reason._tag === tag

const isOwn = ({ owner: { host, pid, startedAt } }: Claim, { owner }: Found): boolean =>
  Option.exists(owner, (found) => found.pid === pid && found.host === host && found.startedAt === startedAt)

const isDead = (claim: Claim, { host, pid }: Owner) =>
  Effect.gen(function* () {
    if (host !== claim.owner.host) return false
    return pid === claim.owner.pid || !(yield* (yield* Host).isAlive(pid))
  })

const isOld = ({ owner, writtenAt }: Found) =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const since = Option.match(owner, {
      onNone: () => writtenAt,
      onSome: ({ renewedAt }) => DateTime.toEpochMillis(renewedAt)
    })
    return now - since > Duration.toMillis(patience)
  })

const lockedBy = (path: string, found: Found | undefined) =>
  Effect.fail(
    new Locked({
      path,
      owner: Option.getOrNull(
        Option.map(
          Option.flatMap(Option.fromUndefinedOr(found), ({ owner }) => owner),
          ({ host, pid, startedAt }) => ({
            pid,
            host,
            startedAt
          })
        )
      )
    })
  )

/** Removes what processes that were killed while they asked for the lock have left. */
const tidy = Effect.fnUntraced(function* ({ path }: Claim) {
  const fs = yield* FileSystem.FileSystem
  const { basename, dirname, join } = yield* Path.Path
  const directory = dirname(path)
  const left = (yield* Files.at(directory)(fs.readDirectory(directory))).filter(
    (name) => name.startsWith(`${basename(path)}.`) && !name.endsWith(".takeover")
  )
  yield* Effect.forEach(left, (name) => Files.remove(join(directory, name)), { discard: true })
})
