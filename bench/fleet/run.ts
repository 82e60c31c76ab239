/**
 * Nights of many simulated workspaces on several runner processes, which are killed, stopped, frozen and joined, while the
 * database is restarted: `.ci/postgres node bench/fleet/run.ts [--workspaces 40] [--contacts 60] [--scenarios …]`. Every
 * output has to be what an undisturbed export writes, byte for byte. It fails when something is not as it has to be.
 */
import { Fleet } from "@effect-intercom/fleet/Fleet"
import * as NodeCluster from "@effect-intercom/fleet/NodeCluster"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { SqlClient } from "effect/sql/SqlClient"
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import * as NodeFs from "node:fs"
import * as NodeOs from "node:os"
import * as NodePath from "node:path"
import { parseArgs } from "node:util"
import { machine } from "../internal/Machine.ts"

const scenarios = ["one", "two", "three", "kill", "stop", "freeze", "wake", "database", "join", "deletions"] as const
type Named = (typeof scenarios)[number]
/** A night like the first, but for what happens in it. */
type Scenario = Exclude<Named, "deletions">

const { values } = parseArgs({
  options: {
    workspaces: { type: "string", default: "40" },
    contacts: { type: "string", default: "60" },
    latency: { type: "string", default: "150" },
    expiration: { type: "string", default: "10" },
    concurrency: { type: "string", default: "6" },
    scenarios: { type: "string", default: scenarios.join(",") }
  }
})
const names = Array.from({ length: Number(values.workspaces) }, (_, index) => `ws-${index}`)
const chosen = scenarios.filter((name) => values.scenarios.split(",").includes(name))
const url = process.env["INTERCOM_TEST_POSTGRES_URL"]
if (url === undefined) throw new Error("INTERCOM_TEST_POSTGRES_URL is not set: run it within .ci/postgres")

const resources = ["tags", "contacts"] as const
const pageSize = 5
/** Longer than it takes to hand shards to a runner that came. */
const settled = "10 seconds"
/** What a disturbance may repeat of a workspace: what was in flight, and the turns it took to start over. */
const mostRepeated = 18

const directory = NodeFs.mkdtempSync(NodePath.join(NodeOs.tmpdir(), "fleet-bench-"))
const rateLimit = { limit: 1_000_000, window: Duration.seconds(10) }
const tokenOf = (name: string) => `t0ken-${name}-0123456789`

const workspaces = Simulator.layer({
  contacts: 0,
  rateLimit,
  workspaces: names.map((name, index) => ({
    seed: index + 1,
    contacts: Number(values.contacts) + (index % 7) * 5,
    token: Redacted.make(tokenOf(name)),
    latency: `${Number(values.latency)} millis`,
    rateLimit
  }))
})

const bin = NodePath.resolve(import.meta.dirname, "../../packages/cli/src/bin.ts")
let port = 46_000 + (process.pid % 1000)

interface Runner {
  readonly child: ChildProcess
  readonly output: () => string
}

/** Starts the command, as a user does. */
const start = (night: string, baseUrl: string, further = ""): Runner => {
  port += 1
  const args =
    `fleet run ${resources.join(" ")} --to ndjson:${directory}/${night}/{workspace} --tokens ${directory}/tokens
    --base-url ${baseUrl} --page-size ${pageSize} --port ${port} --lock-expiration ${values.expiration} --concurrency ${values.concurrency} ${further}`.trim()
  const env = { PATH: process.env["PATH"], INTERCOM_FLEET_POSTGRES_URL: url }
  const child = spawn(process.execPath, [bin, ...args.split(/\s+/)], { env, stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => void (output += text))
  return { child, output: () => output }
}

const ended = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("close", () => resume(Effect.void))
  })

const isReady = ({ child, output }: Runner) =>
  Effect.repeat(
    Effect.sync(() => {
      if (child.exitCode !== null) throw new Error(`A runner ended: ${output()}`)
      return output().includes("The runner is ready")
    }),
    { until: (ready) => ready, schedule: Schedule.spaced("50 millis") }
  )

const failures: Array<string> = []
const must = (condition: boolean, told: string) => {
  if (!condition) failures.push(told)
}

const sha256 = (file: string) =>
  NodeFs.existsSync(file) ? createHash("sha256").update(NodeFs.readFileSync(file)).digest("hex") : "nothing"

const requestsOf = Effect.flatMap(Simulator, ({ workspaces }) =>
  Effect.forEach(workspaces, ({ stats }) => Effect.map(stats, ({ requests }) => requests))
)

/** Waits until a part of the exports is over. */
const until = (night: string, part: number): Effect.Effect<void, unknown, Fleet> =>
  Effect.gen(function* () {
    const { status } = yield* Fleet
    const looked = Effect.retry(status(night), { times: 60, schedule: Schedule.spaced("1 seconds") })
    while (true) {
      const { done, exports } = yield* looked
      if (done >= exports.length * part) return
      yield* Effect.sleep("100 millis")
    }
  })

const disturbances: {
  readonly [name in Scenario]: (
    runners: Array<Runner>,
    night: string,
    baseUrl: string
  ) => Effect.Effect<void, unknown, Fleet>
} = {
  one: () => Effect.void,
  two: () => Effect.void,
  three: () => Effect.void,
  kill: ([first]) => Effect.sync(() => void first?.child.kill("SIGKILL")),
  stop: ([first]) => Effect.sync(() => void first?.child.kill("SIGTERM")),
  freeze: ([first], night) =>
    Effect.gen(function* () {
      first?.child.kill("SIGSTOP")
      // What it has is taken over; then it wakes up, and must write nothing.
      yield* until(night, 1)
      first?.child.kill("SIGCONT")
      yield* Effect.sleep("3 seconds")
    }),
  wake: ([first], night) =>
    Effect.gen(function* () {
      first?.child.kill("SIGSTOP")
      // It wakes up in the middle of the night, when the other runner has asked for what it has, and waits for the places.
      const { status } = yield* Fleet
      yield* Effect.repeat(status(night), {
        schedule: Schedule.spaced("200 millis"),
        until: ({ exports }) =>
          exports.every(({ runner, state }) => state !== "running" || runner?.endsWith(`/${first?.child.pid}`) !== true)
      })
      first?.child.kill("SIGCONT")
    }),
  database: () => Effect.sync(() => void execFileSync("bash", [process.env["INTERCOM_TEST_POSTGRES_RESTART"] ?? ""])),
  join: (runners, night, baseUrl) =>
    Effect.suspend(() => {
      const second = start(night, baseUrl)
      runners.push(second)
      return isReady(second)
    })
}

const runnersOf: { readonly [name in Scenario]: number } = {
  one: 1,
  two: 2,
  three: 3,
  kill: 2,
  stop: 2,
  freeze: 2,
  wake: 2,
  database: 2,
  join: 1
}

const cluster = NodeCluster.layerPostgresClient({ url: Redacted.make(url) })

const play = Effect.fnUntraced(function* (scenario: Scenario, undisturbed: ReadonlyArray<number> | undefined) {
  const night = `${scenario}-${process.pid}`
  const simulator = yield* Simulator
  const runners = Array.from({ length: runnersOf[scenario] }, () => start(night, simulator.url))
  yield* Effect.addFinalizer(() => Effect.sync(() => runners.forEach(({ child }) => void child.kill("SIGKILL"))))
  yield* Effect.forEach(runners, isReady, { concurrency: "unbounded" })
  // Runners are there long before a night that is measured: who has which shards is settled by then.
  if (scenario === "two" || scenario === "three") yield* Effect.sleep(settled)
  const before = yield* requestsOf
  const from = performance.now()
  const { done, status } = yield* Effect.gen(function* () {
    const fleet = yield* Fleet
    yield* fleet.start(night, names)
    if (scenario !== "one" && scenario !== "two" && scenario !== "three") {
      yield* until(night, scenario === "join" ? 0.1 : 0.3)
      // The one that has the most to lose comes first.
      const { exports } = yield* fleet.status(night)
      const has = ({ child }: Runner) =>
        exports.filter(({ runner, state }) => state === "running" && runner?.endsWith(`/${child.pid}`) === true).length
      runners.sort((a, b) => has(b) - has(a))
    }
    yield* disturbances[scenario](runners, night, simulator.url)
    const status = yield* fleet.over(night)
    const done = performance.now()
    const sent = yield* requestsOf
    // The same night again.
    yield* Effect.retry(fleet.start(night, names), { times: 30, schedule: Schedule.spaced("1 seconds") })
    yield* fleet.over(night)
    must(
      (yield* requestsOf).every((count, index) => count === sent[index]),
      `${night}: started again, it sent requests`
    )
    return { status, done }
  }).pipe(Effect.provide(Fleet.layerClient), Effect.provide(cluster))
  runners.forEach(({ child }) => void child.kill("SIGTERM"))
  const stopping = performance.now()
  yield* Effect.forEach(runners, ({ child }) => ended(child), { concurrency: "unbounded" })
  const stopped = performance.now() - stopping

  const simulated = yield* requestsOf
  const requests = simulated.map((count, index) => count - (before[index] ?? 0))
  const repeated = undisturbed === undefined ? [] : requests.map((count, index) => count - (undisturbed[index] ?? 0))
  must(
    status.failed === 0,
    `${night}: ${status.failed} failed: ${JSON.stringify(status.exports.filter(({ failure }) => failure !== null))}`
  )
  for (const [index, name] of names.entries()) {
    for (const resource of resources) {
      const expected = yield* simulator.workspaces[index]?.snapshot(resource) ?? Effect.die("no workspace")
      must(
        sha256(`${directory}/${night}/${name}/${resource}.ndjson`) === expected.sha256,
        `${night}: ${name}/${resource} differs`
      )
    }
  }
  const worst = repeated.indexOf(Math.max(...repeated))
  if ((repeated[worst] ?? 0) > mostRepeated) {
    const asked = yield* simulator.workspaces[worst]?.requests() ?? Effect.succeed([])
    const operations = asked.slice(-(requests[worst] ?? 0)).map(({ operation }) => operation)
    failures.push(`${night}: ${names[worst]} was asked ${repeated[worst]} times more: ${operations.join(" ")}`)
  }
  /** How many exports ended on each process. */
  const shares = runners.map(
    ({ child }) => status.exports.filter(({ runner }) => runner?.endsWith(`/${child.pid}`) === true).length
  )
  // Of a few, all may be under way by then.
  must(scenario !== "join" || names.length < 40 || (shares[1] ?? 0) > 0, `${night}: the runner that joined did nothing`)
  if (process.env["FLEET_LOG"] !== undefined) console.log(runners.map(({ output }) => output()).join("\n---\n"))
  for (const { output } of runners) must(!output().includes("t0ken"), `${night}: a token is in a log`)
  console.log(
    [
      scenario.padEnd(9),
      `${((done - from) / 1000).toFixed(1)} s`.padStart(8),
      `${requests.reduce((sum, count) => sum + count, 0)} requests`.padStart(14),
      undisturbed === undefined
        ? ""
        : `repeated: ${repeated.reduce((sum, count) => sum + count, 0)}, of a workspace ${Math.max(...repeated)} at most`,
      `${status.exports.reduce((sum, { turns }) => sum + turns, 0)} turns, on each runner ${shares.join(" + ")} exports`,
      `ended in ${(stopped / 1000).toFixed(1)} s`
    ].join("  ")
  )
  return { requests, seconds: (done - from) / 1000 }
}, Effect.scoped)

/** Contacts that are deleted in each workspace. */
const mostDeleted = 3

/** Two nights into one place: a runner that compares keys is killed in the second, and each deletion is told once. */
const deletions = Effect.gen(function* () {
  const night = `deletions-${process.pid}`
  const simulator = yield* Simulator
  const runners = [1, 2].map(() => start(night, simulator.url, "--deletions compare"))
  yield* Effect.addFinalizer(() => Effect.sync(() => runners.forEach(({ child }) => void child.kill("SIGKILL"))))
  yield* Effect.forEach(runners, isReady, { concurrency: "unbounded" })
  const fleet = yield* Fleet
  yield* fleet.start(`${night}-first`, names)
  yield* fleet.over(`${night}-first`)
  const gone = yield* Effect.forEach(simulator.workspaces, (workspace) =>
    Effect.gen(function* () {
      const lines = yield* Stream.runCollect(Stream.take(workspace.records("contacts"), mostDeleted))
      const ids = lines.map((line) => (JSON.parse(line) as { readonly id: string }).id)
      yield* Effect.forEach(ids, (id) => workspace.remove("contacts", id))
      return ids
    })
  )
  yield* fleet.start(`${night}-second`, names)
  yield* until(`${night}-second`, 0.3)
  runners[0]?.child.kill("SIGKILL")
  const status = yield* fleet.over(`${night}-second`)
  must(status.failed === 0, `${night}: ${status.failed} failed`)
  for (const [index, name] of names.entries()) {
    const place = `${directory}/${night}/${name}`
    const told = NodeFs.readdirSync(place)
      .filter((file) => /^deletedContacts.*\.ndjson$/.test(file))
      .flatMap((file) => NodeFs.readFileSync(`${place}/${file}`, "utf8").split("\n").filter(Boolean))
      .map((line) => (JSON.parse(line) as { readonly id: string }).id)
    must(
      JSON.stringify(told.toSorted()) === JSON.stringify(gone[index]?.toSorted()),
      `${night}: ${name} was told of ${told.join(" ")}, and ${gone[index]?.join(" ")} were deleted`
    )
  }
  const turns = status.exports.reduce((sum, { turns }) => sum + turns, 0)
  console.log(`deletions  ${gone.flat().length} of ${names.length} workspaces told once, ${turns} turns`)
  runners[1]?.child.kill("SIGTERM")
  yield* Effect.forEach(runners, ({ child }) => ended(child), { concurrency: "unbounded" })
}).pipe(Effect.provide(Fleet.layerClient), Effect.provide(cluster), Effect.scoped)

const program = Effect.gen(function* () {
  NodeFs.mkdirSync(`${directory}/tokens`, { recursive: true })
  for (const name of names) NodeFs.writeFileSync(`${directory}/tokens/${name}`, tokenOf(name))
  console.log(
    `${machine()}\n\n${names.length} workspaces, ${values.contacts} contacts and more, ${values.latency} ms an answer, ${values.concurrency} exports at once on a runner\n`
  )
  let undisturbed: ReadonlyArray<number> | undefined
  const seconds = new Map<Scenario, number>()
  for (const scenario of chosen) {
    if (scenario === "deletions") {
      yield* deletions
      continue
    }
    const played = yield* play(scenario, undisturbed)
    seconds.set(scenario, played.seconds)
    undisturbed ??= played.requests
  }
  const one = seconds.get("one")
  for (const other of ["two", "three"] as const) {
    const took = seconds.get(other)
    if (one !== undefined && took !== undefined) console.log(`\n${other} runners ÷ one: ${(took / one).toFixed(2)}`)
  }
  const { stats } = yield* Simulator
  must((yield* stats).requests === 0, "a request had a token that is nobody's")
  const stored = yield* SqlClient.use(
    (sql) => sql`SELECT count(*) AS count FROM (SELECT payload FROM intercom_fleet_messages
      UNION ALL SELECT payload FROM intercom_fleet_replies UNION ALL SELECT message FROM intercom_fleet_exports) AS all_of
      WHERE payload LIKE '%t0ken%'`
  ).pipe(Effect.provide(cluster))
  must(Number(stored[0]?.["count"]) === 0, "a token is in the database")
})

await Effect.runPromise(program.pipe(Effect.provide([workspaces, NodeServices.layer])))
NodeFs.rmSync(directory, { recursive: true, force: true })
for (const told of failures.slice(0, 20)) console.error(`✗ ${told}`)
console.log(
  failures.length === 0 ? "\nEvery output is what an undisturbed export writes" : `\n${failures.length} failures`
)
process.exitCode = failures.length === 0 ? 0 : 1
