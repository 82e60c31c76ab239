/** Runs the suite on a client that may have a fault, up to the first finding that fails; prints that as JSON. */
import * as Canaries from "@effect-intercom/contract-tests/checks/Canaries"
import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import * as Coverage from "@effect-intercom/contract-tests/checks/Coverage"
import * as Divergence from "@effect-intercom/contract-tests/report/Divergence"
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import { Subject } from "@effect-intercom/contract-tests/subject/Subject"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cause from "effect/Cause"
import * as Layer from "effect/Layer"
import { services } from "../Subjects.ts"

/** What was seen of a fault. */
export interface Seen {
  readonly check: string
  readonly message: string
}

// One of each kind: a read, a write, an upsert, a listing in every style, searches. The others are made of the same code.
const operations = new Set([
  "Admins.me",
  "Contacts.get",
  "Contacts.create",
  "Contacts.list",
  "Contacts.search",
  "Companies.list",
  "Companies.scroll",
  "Companies.createOrUpdate",
  "Events.list"
])

// The quick ones first: one finding is enough.
const order = ["structure", "transport", "retries", "searches", "pagination", "errors", "refusals", "responses"]
const checks = Object.entries(Contract.checks).toSorted(
  ([a], [b]) => (order.indexOf(a) + 1 || order.length + 1) - (order.indexOf(b) + 1 || order.length + 1)
)

const runs = Number(process.env["RUNS"] ?? Contract.defaultRuns)

const look = Effect.gen(function* () {
  const subject = yield* Subject
  yield* Canaries.check(subject)
  const failing = (check: string, found: ReadonlyArray<Divergence.Divergence>): Seen | undefined => {
    const first = found.find(Divergence.isFailure)
    return first && { check, message: `${first.operation}: ${first.message}` }
  }
  const whole = failing("coverage", Coverage.operations(subject))
  if (whole !== undefined) return whole
  const pairs = subject.pairs.filter(({ client }) => operations.has(client.name))
  for (const [check, run] of checks) {
    for (const pair of pairs) {
      const seen = failing(check, (yield* run(subject, pair)).divergences)
      if (seen !== undefined) return seen
    }
  }
  return undefined
})

const subject = Layer.unwrap(
  Effect.map(EffectiveDocument.load(), ({ document }) => Subject.layer(document, { seed: Contract.defaultSeed, runs }))
)

const exit = await Effect.runPromiseExit(look.pipe(Effect.provide(subject), Effect.provide(services)))
const seen: Seen | undefined = Exit.isSuccess(exit)
  ? exit.value
  : { check: "the run", message: Cause.pretty(exit.cause).split("\n")[0] ?? "it died" }
process.stdout.write(`${JSON.stringify(seen ?? null)}\n`, () => process.exit(0))
