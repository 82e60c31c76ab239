import type { Reason } from "@effect-intercom/export/ExportError"
import { Host } from "@effect-intercom/export/Host"
import * as Lock from "@effect-intercom/export/Lock"
import * as NodeHost from "@effect-intercom/export/NodeHost"
import { assert, describe, it as vitest } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as PlatformError from "effect/PlatformError"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as ChildProcess from "node:child_process"
import * as Disk from "./Disk.ts"

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "lock-" }))

/** A process: the living ones are named. */
const host = (pid: number, alive: ReadonlyArray<number>, hostname = "here") =>
  Host.of({ hostname, pid, isAlive: (pid) => Effect.succeed(alive.includes(pid)) })

/** Takes the lock as this process, until the scope that it gives closes. */
const hold = Effect.fnUntraced(function* (path: string, as: Host["Service"]) {
  const scope = yield* Scope.make()
  const lock = yield* Lock.acquire(path).pipe(
    Scope.provide(scope),
    Effect.provideService(Host, as),
    Effect.onError(() => Scope.close(scope, Exit.void))
  )
  // What it guards is taken for its own for as long as the file says so.
  const isOurs = Effect.map(ownerOf(path), ({ host, pid }) => host === as.hostname && pid === as.pid).pipe(
    Effect.provideService(FileSystem.FileSystem, yield* FileSystem.FileSystem)
  )
  yield* Scope.provide(lock.keep(isOurs), scope)
  return { ...lock, close: Scope.close(scope, Exit.void) }
})

const refusal = <A, R>(effect: Effect.Effect<A, Reason, R>) =>
  Effect.map(Effect.flip(effect), (reason) => reason.message)

const read = (path: string) =>
  Effect.map(
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(path)),
    (text) => JSON.parse(text) as Record<string, unknown>
  )

const ownerOf = (path: string) =>
  Effect.orElseSucceed(read(path), (): Record<string, unknown> => ({ pid: 0, host: "nobody" }))

const write = (path: string, owner: Partial<Record<string, unknown>>) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.writeFileString(
      path,
      JSON.stringify({
        pid: 1,
        host: "here",
        startedAt: "1970-01-01T00:00:00.000Z",
        renewedAt: "1970-01-01T00:00:00.000Z",
        ...owner
      })
    )
  )

const files = (directory: string) => Effect.map(Disk.contents(directory), Object.keys)

/** A test on the disk; each has a clock of its own, which a shared layer would not give. */
const it = <A, E>(name: string, test: () => Effect.Effect<A, E, Scope.Scope | Layer.Success<typeof Disk.layer>>) =>
  vitest.effect(name, () => Effect.provide(test(), Disk.layer))

describe("Lock", () => {
  it("that cannot be removed is one line of the log", () =>
    Effect.gen(function* () {
      const logged: Array<unknown> = []
      const logger = Logger.make(({ cause, message }) => void logged.push(message, cause))
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* temporary}/export.lock`
      const refused = PlatformError.systemError({ _tag: "PermissionDenied", module: "FileSystem", method: "remove" })
      const disk = { ...fs, remove: (file: string) => (file === path ? Effect.fail(refused) : fs.remove(file)) }
      yield* Effect.flatMap(hold(path, host(1, [1])), ({ close }) => close).pipe(
        Effect.provideService(FileSystem.FileSystem, disk),
        Effect.provide(Logger.layer([logger]))
      )
      assert.lengthOf(logged, 2)
      assert.match(String(logged[0]), /^\S+export\.lock could not be removed: [^\n]+\.$/)
      assert.deepStrictEqual(logged[1], Cause.empty)
    }))

  it("says who holds it, and is gone when it is given back", () =>
    Effect.gen(function* () {
      const directory = yield* temporary
      const path = `${directory}/export.lock`
      const lock = yield* hold(path, host(1, [1]))
      assert.deepStrictEqual(yield* files(directory), ["export.lock"])
      assert.deepStrictEqual(yield* read(path), {
        pid: 1,
        host: "here",
        startedAt: "1970-01-01T00:00:00.000Z",
        renewedAt: "1970-01-01T00:00:00.000Z"
      })
      yield* lock.close
      assert.deepStrictEqual(yield* files(directory), [])
      yield* hold(path, host(2, [2]))
    }))

  it("refuses a second, of another process and of its own, with a sentence", () =>
    Effect.gen(function* () {
      const path = `${yield* temporary}/export.lock`
      const lock = yield* hold(path, host(1, [1, 2]))
      const sentence = `Another export writes there: process 1 on here, since 1970-01-01T00:00:00.000Z. Wait until it ends, or stop it; should it be gone, delete ${path}.`
      assert.strictEqual(yield* refusal(hold(path, host(2, [1, 2]))), sentence)
      assert.strictEqual(yield* refusal(hold(path, host(1, [1, 2]))), sentence)
      assert.strictEqual(yield* refusal(hold(path, host(2, [2], "there"))), sentence)
      assert.deepInclude(yield* read(path), { pid: 1 })
      yield* lock.close
    }))

  for (const [name, owner] of [
    ["a dead process", { pid: 7 }],
    ["a process before this one with its id", { pid: 2 }],
    ["another host that did not renew it for a minute", { pid: 1, host: "there" }],
    ["a process of this host that did not renew it for a minute", { pid: 1 }]
  ] as const) {
    it(`takes over from ${name}`, () =>
      Effect.gen(function* () {
        const directory = yield* temporary
        const path = `${directory}/export.lock`
        yield* write(path, owner)
        yield* TestClock.adjust("60001 millis")
        const lock = yield* hold(path, host(2, [1, 2]))
        assert.deepInclude(yield* read(path), { pid: 2, startedAt: "1970-01-01T00:01:00.001Z" })
        assert.deepStrictEqual(yield* files(directory), ["export.lock"])
        yield* lock.close
        assert.deepStrictEqual(yield* files(directory), [])
      }))
  }

  it("waits the minute out", () =>
    Effect.gen(function* () {
      const path = `${yield* temporary}/export.lock`
      yield* write(path, { host: "there" })
      yield* TestClock.adjust("60 seconds")
      assert.match(yield* refusal(hold(path, host(2, [2]))), /process 1 on there/)
      yield* TestClock.adjust("1 millis")
      yield* hold(path, host(2, [2]))
    }))

  it("renews every ten seconds while it is held", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* temporary}/export.lock`
      // Renewals are real input and output: the clock stands still until one has ended.
      const renewals = yield* Queue.unbounded<void>()
      const told = FileSystem.FileSystem.of({
        ...fs,
        rename: (from, to) => Effect.tap(fs.rename(from, to), Queue.offer(renewals, undefined))
      })
      const lock = yield* Effect.provideService(hold(path, host(1, [1])), FileSystem.FileSystem, told)
      for (const second of [10, 20, 30]) {
        yield* TestClock.adjust("10 seconds")
        yield* Queue.take(renewals)
        assert.deepInclude(yield* read(path), {
          startedAt: "1970-01-01T00:00:00.000Z",
          renewedAt: `1970-01-01T00:00:${second}.000Z`
        })
      }
      yield* lock.close
    }))

  it("tells whose it was, when that process certainly runs no more", () =>
    Effect.gen(function* () {
      for (const [owner, dead] of [
        [{ pid: 7 }, 7],
        [{ pid: 2 }, 2],
        [{ pid: 1, host: "there" }, undefined],
        [{ pid: 1 }, undefined]
      ] as const) {
        const path = `${yield* temporary}/export.lock`
        yield* write(path, owner)
        yield* TestClock.adjust("60001 millis")
        const lock = yield* hold(path, host(2, [1, 2]))
        assert.strictEqual(lock.dead?.pid, dead)
        yield* lock.close
      }
    }))

  it("given back by who lost it, it stays with who has it", () =>
    Effect.gen(function* () {
      const path = `${yield* temporary}/export.lock`
      const lost = yield* hold(path, host(1, [1]))
      const taken = yield* hold(path, host(2, [2]))
      yield* lost.close
      assert.deepInclude(yield* read(path), { pid: 2 })
      yield* taken.close
    }))

  it("is not renewed by who lost what it guards, nor made again", () =>
    Effect.gen(function* () {
      const directory = yield* temporary
      const path = `${directory}/export.lock`
      const scope = yield* Scope.make()
      const asked = yield* Deferred.make<void>()
      const lock = yield* Lock.acquire(path).pipe(Scope.provide(scope), Effect.provideService(Host, host(1, [1, 2])))
      yield* Scope.provide(lock.keep(Effect.as(Deferred.succeed(asked, undefined), false)), scope)
      yield* (yield* FileSystem.FileSystem).remove(path)
      yield* TestClock.adjust("10 seconds")
      yield* Deferred.await(asked)
      yield* TestClock.adjust("50 seconds")
      assert.deepStrictEqual(yield* files(directory), [])
      yield* Scope.close(scope, Exit.void)
    }))

  it("is put back when somebody deletes it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* temporary}/export.lock`
      const scope = yield* Scope.make()
      const lock = yield* Lock.acquire(path).pipe(Scope.provide(scope), Effect.provideService(Host, host(1, [1, 2])))
      yield* Scope.provide(lock.keep(Effect.succeed(true)), scope)
      yield* fs.remove(path)
      yield* TestClock.adjust("10 seconds").pipe(
        Effect.andThen(fs.exists(path)),
        Effect.repeat({ until: (exists) => exists })
      )
      assert.match(yield* refusal(hold(path, host(2, [1, 2]))), /process 1 on here/)
      yield* Scope.close(scope, Exit.void)
    }))

  it("a damaged one counts for a minute after it was written", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* temporary}/export.lock`
      yield* fs.writeFileString(path, `{"pid":`)
      yield* fs.utimes(path, 0, 0)
      yield* TestClock.adjust("60 seconds")
      const sentence = yield* refusal(hold(path, host(2, [2])))
      assert.strictEqual(
        sentence,
        `${path} does not say who holds it. If no other export runs, delete it; after a minute it is ignored.`
      )
      yield* TestClock.adjust("1 second")
      yield* hold(path, host(2, [2]))
    }))

  it("of many that find it stale at once, one gets it", () =>
    Effect.gen(function* () {
      const pids = Array.from({ length: 12 }, (_, index) => index + 10)
      for (let round = 0; round < 8; round++) {
        const directory = yield* temporary
        const path = `${directory}/export.lock`
        yield* write(path, { pid: 7 })
        // Some rounds find a takeover that was killed, too.
        if (round % 2 === 1) yield* write(`${path}.takeover`, { pid: 8 })
        const results = yield* Effect.forEach(pids, (pid) => Effect.result(hold(path, host(pid, pids))), {
          concurrency: "unbounded"
        })
        const won = results.filter(({ _tag }) => _tag === "Success")
        assert.strictEqual(won.length, 1)
        const winner = pids[results.findIndex(({ _tag }) => _tag === "Success")]
        assert.deepInclude(yield* read(path), { pid: winner })
        assert.deepStrictEqual(yield* files(directory), ["export.lock"])
      }
    }))

  it("of many that create it at once, one gets it", () =>
    Effect.gen(function* () {
      const pids = Array.from({ length: 12 }, (_, index) => index + 10)
      const path = `${yield* temporary}/export.lock`
      const results = yield* Effect.forEach([...pids, ...pids], (pid) => Effect.result(hold(path, host(pid, pids))), {
        concurrency: "unbounded"
      })
      assert.strictEqual(results.filter(({ _tag }) => _tag === "Success").length, 1)
    }))

  it("works where files cannot be linked", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const path = `${directory}/export.lock`
      const without = FileSystem.FileSystem.of({
        ...fs,
        link: () => Effect.fail(PlatformError.systemError({ _tag: "Unknown", module: "FileSystem", method: "link" }))
      })
      const program = Effect.gen(function* () {
        const lock = yield* hold(path, host(1, [1, 2]))
        assert.match(yield* refusal(hold(path, host(2, [1, 2]))), /process 1 on here/)
        assert.deepStrictEqual(yield* files(directory), ["export.lock"])
        yield* lock.close
      })
      yield* Effect.provideService(program, FileSystem.FileSystem, without)
      assert.deepStrictEqual(yield* files(directory), [])
    }))

  it("killed at any operation, it is in nobody's way, and leaves nothing", () =>
    Effect.gen(function* () {
      const real = yield* FileSystem.FileSystem
      for (const stale of [false, true]) {
        const prepare = Effect.gen(function* () {
          const directory = yield* temporary
          if (stale) yield* write(`${directory}/export.lock`, { pid: 7 })
          return directory
        })
        const use = (directory: string, pid: number) =>
          Effect.flatMap(hold(`${directory}/export.lock`, host(pid, [pid])), ({ close }) => close)
        const { count, service } = Disk.mortal(real)
        yield* Effect.provideService(use(yield* prepare, 1), FileSystem.FileSystem, service)
        assert.isAbove(count.operations, 5)
        for (let at = 1; at <= count.operations; at++) {
          for (const when of ["before", "middle", "after"] as const) {
            const directory = yield* prepare
            const { service } = Disk.mortal(real, { at, when })
            yield* Effect.exit(Effect.provideService(use(directory, 1), FileSystem.FileSystem, service))
            yield* use(directory, 2)
            assert.deepStrictEqual(yield* files(directory), [], `${when} operation ${at}`)
          }
        }
      }
    }))

  vitest.live("counts a process that ended as gone, whether or not its parent asked what became of it", () =>
    Effect.gen(function* () {
      const { isAlive } = yield* Host
      // What the shell becomes asks nothing of the child it started.
      const parent = yield* Effect.acquireRelease(
        Effect.sync(() => ChildProcess.spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 60"])),
        (parent) => Effect.sync(() => parent.kill("SIGKILL"))
      )
      const child = yield* Effect.callback<number>((resume) => {
        parent.stdout.once("data", (data) => resume(Effect.succeed(Number(String(data)))))
      })
      yield* Effect.repeat(isAlive(child), { until: (alive) => !alive, schedule: Schedule.spaced("5 millis") })
      assert.isTrue(yield* isAlive(parent.pid ?? 0))
    }).pipe(Effect.provide(NodeHost.layer))
  )

  vitest.effect("knows the processes of this machine", () =>
    Effect.gen(function* () {
      const { hostname, isAlive, pid } = yield* Host
      assert.isAbove(hostname.length, 0)
      assert.strictEqual(pid, process.pid)
      assert.isTrue(yield* isAlive(process.pid))
      assert.isTrue(yield* isAlive(1))
      const { pid: ended } = ChildProcess.spawnSync(process.execPath, ["--version"])
      assert.isFalse(yield* isAlive(ended))
    }).pipe(Effect.provide(NodeHost.layer))
  )
})
