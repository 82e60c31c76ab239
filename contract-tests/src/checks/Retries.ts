/**
 * What is sent again. A request that certainly was not done is repeated; one that may have been done only where twice
 * does what once does; one that was refused never.
 */
import * as Effect from "effect/Effect"
import { RetryPolicy, Timeout } from "@effect-intercom/core/IntercomHttp"
import * as MalformedBodies from "./MalformedBodies.ts"
import { distinct, type Finding } from "../report/Divergence.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as Malformed from "./Malformed.ts"
import * as ModelServer from "../traffic/ModelServer.ts"
import type { Checked } from "./Requests.ts"
import * as Share from "../subject/Share.ts"
import { divergence, type Pair, sample, type Shape } from "../subject/Subject.ts"

/** How an attempt ends, and whose requests are sent again then. */
interface Ending {
  readonly name: string
  readonly send: Exchange.Send
  readonly repeats: "all" | "safe" | "none"
}

const status = (status: number, repeats: Ending["repeats"]): Ending => ({
  name: `status ${status}`,
  send: Exchange.canned(status, MalformedBodies.errorList),
  repeats
})

const endings: ReadonlyArray<Ending> = [
  { name: "a connection nobody took", send: Exchange.broken("ECONNREFUSED", "connect"), repeats: "all" },
  status(429, "all"),
  { name: "a reset connection", send: Exchange.broken("ECONNRESET", "read"), repeats: "safe" },
  { name: "no answer in time", send: () => Effect.never, repeats: "safe" },
  ...[408, 500, 502, 503, 504].map((code) => status(code, "safe")),
  ...[400, 401, 403, 404, 409, 410, 422].map((code) => status(code, "none"))
]

/** Half of a body; an operation without one has nothing to miss. */
const cutOff = (status: number): Ending => ({
  name: "half a body",
  send: Exchange.canned(status, '{"type":'),
  repeats: "safe"
})

// Documented: a company is updated where its `company_id` is known, an event of a contact, a name and a second is one, and a
// name is that of one tag.
const upserts = new Set(["POST /companies", "POST /events", "POST /tags"])

/**
 * Whether sending it twice may do more than sending it once, by the method and the document; `undefined` where neither
 * tells. A search is a `POST` that lists, a scroll a `GET` that moves on.
 */
export const isOnce = ({ client, operation }: Pair, server: string): boolean | undefined => {
  const like = client.success === undefined ? [] : [client.success.node]
  const style = ModelServer.make(operation, server, like)?.style
  if (operation.method !== "POST") return style === "scroll"
  if ((style !== undefined && style !== "single") || upserts.has(operation.key)) return false
  // To a collection: something is made there. What is done to a record, or searched for, may be documented to be safe.
  return /\{|\/search$/.test(operation.path) ? undefined : true
}

const times = 2

/** How many requests leave when every attempt ends alike. */
const attempts = Effect.fnUntraced(function* (call: Effect.Effect<unknown, unknown>, { send }: Ending) {
  let sent = 0
  const counting: Exchange.Send = (request, url) =>
    Effect.suspend(() => {
      sent += 1
      return send(request, url)
    })
  yield* call.pipe(
    Effect.provideService(RetryPolicy, { times, base: "1 millis", cap: "1 millis" }),
    Effect.provideService(Timeout, "2 millis"),
    (call) => Malformed.end(call, counting),
    // Long, as a busy machine may stop for seconds: only a client that hangs waits for it.
    Effect.provideService(Malformed.Patience, "20 seconds")
  )
  return sent
})

/** What is wrong with a number of requests. */
export const judge = (
  { name, repeats }: Pick<Ending, "name" | "repeats">,
  once: boolean,
  sent: number
): string | undefined => {
  const expected = repeats === "all" || (repeats === "safe" && !once) ? 1 + times : 1
  if (sent === expected) return undefined
  if (expected === 1) {
    return repeats === "none"
      ? `after ${name} the client sends again what was refused`
      : `after ${name} the client sends again what may have been done`
  }
  return `after ${name} the client sends ${sent} requests in all, not the ${expected} of its retry policy`
}

/** Ends every attempt in every way, with retries on. */
export const check = Effect.fn("Retries.check")(function* (subject: Shape, pair: Pair) {
  const request = sample(pair.client, subject.seed)
  if (request === undefined) return { divergences: [], runs: 0 } satisfies Checked
  const call = Effect.suspend(() => subject.client.call(pair.client.name, request))
  const once = isOnce(pair, subject.document.server) ?? !pair.client.idempotent
  // Each has some of every kind.
  const shared = (["all", "safe", "none"] as const).flatMap((repeats) =>
    Share.of(
      subject,
      pair,
      endings.filter((ending) => ending.repeats === repeats)
    )
  )
  const all = [...shared, ...(pair.client.success === undefined ? [] : [cutOff(pair.client.successStatus)])]
  const found = yield* Effect.forEach(all, (ending) =>
    Effect.map(attempts(call, ending), (sent): ReadonlyArray<Finding> => {
      const message = judge(ending, once, sent)
      const { pointer, through } = pair.operation.node
      return message === undefined ? [] : [{ class: "breaking", pointer, through, message }]
    })
  )
  const checked: Checked = {
    divergences: distinct(found.flat()).map((finding) => divergence(subject, pair, "request", finding)),
    runs: all.length
  }
  return checked
})
