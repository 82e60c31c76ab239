/**
 * Answers that no document permits, and broken connections: each ends in a typed error of the client, or where it is
 * legal in a value; never in a hang, a crash or a secret in the error.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import { createServer } from "node:net"
import { IntercomError } from "@effect-intercom/core"
import * as MalformedBodies from "./MalformedBodies.ts"
import * as Client from "../subject/Client.ts"
import { distinct, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import { reasonOf } from "./Errors.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as Example from "../schema/Example.ts"
import * as SchemaCoverage from "../schema/SchemaCoverage.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import type { Checked } from "./Requests.ts"
import * as Share from "../subject/Share.ts"
import * as Responses from "./Responses.ts"
import { divergence, json, type Pair, sample, type Shape } from "../subject/Subject.ts"

const send =
  ({ body, headers, status }: MalformedBodies.Answer): Exchange.Send =>
  (request) =>
    Effect.succeed(HttpClientResponse.fromWeb(request, new Response(body ?? null, { status, headers })))

/** After how long a call hangs; the client's own timeout is longer. */
export const Patience = Context.Reference<Duration.Input>("@effect-intercom/contract-tests/Malformed/Patience", {
  defaultValue: () => "20 seconds"
})

/** What a call comes to that does not end. */
export const hangs = Symbol("hangs")

/** How a call ended; {@link hangs} when it did not. */
export type Ended = Exit.Exit<unknown, unknown> | typeof hangs

/** Waits for the end of a call, for as long as {@link Patience} says. */
export const end = (call: Effect.Effect<unknown, unknown>, send: Exchange.Send): Effect.Effect<Ended> =>
  Effect.flatMap(Patience, (duration) =>
    Exchange.through(call, send).pipe(
      Effect.map(({ exit }): Ended => exit),
      Effect.timeoutOrElse({ duration, orElse: () => Effect.succeed<Ended>(hangs) })
    )
  )

/** What every end must be: a value, or a typed error that keeps secrets. */
const untyped = (ended: Ended): string | undefined => {
  if (ended === hangs) return "the client hangs"
  if (Reflect.has({}, "polluted")) return "the client lets an answer change the prototype of all objects"
  if (Exit.isSuccess(ended)) return undefined
  const error = errorOf(ended)
  if (error === undefined) return `the client dies: ${Cause.pretty(ended.cause).split("\n")[0] ?? "a defect"}`
  return JSON.stringify(error).includes(Client.token) || error.message.includes(Client.token)
    ? "the client's error holds the token"
    : undefined
}

/** The client's error, where a call ended in one. */
export const errorOf = (ended: Ended): IntercomError | undefined => {
  const error =
    ended !== hangs && Exit.isFailure(ended) ? Option.getOrUndefined(Cause.findErrorOption(ended.cause)) : undefined
  return error instanceof IntercomError ? error : undefined
}

/** What is wrong with how an answer ended; a note for a value that was made of what the document forbids. */
export const judge = (
  answer: MalformedBodies.Answer,
  expectsBody: boolean,
  ended: Ended
): Pick<Finding, "class" | "message"> | undefined => {
  const finding = (message: string, severity: Finding["class"] = "breaking") => ({
    class: severity,
    message: `${answer.name}: ${message}`
  })
  const wrong = untyped(ended)
  if (wrong !== undefined) return finding(wrong)
  const reason = errorOf(ended)?.reason
  if (answer.outcome === "status") {
    const expected = reasonOf(answer.status)
    return reason?._tag === expected && "status" in reason && reason.status === answer.status
      ? undefined
      : finding(`comes out as ${reason?._tag ?? "a success"}, not as ${expected}`)
  }
  // Without a body to read, no body is wrong.
  if (reason === undefined) {
    if (!expectsBody || answer.outcome === "typed") return undefined
    return answer.outcome === "malformed"
      ? finding("the client takes it for an answer")
      : finding("the client takes it for an answer, the document does not permit it", "note")
  }
  if (reason._tag !== "DecodeError") return finding(`comes out as ${reason._tag}, not as DecodeError`)
  if (answer.outcome !== "typed" && reason.kind !== answer.outcome) {
    return finding(`is called ${reason.kind}, not ${answer.outcome}`)
  }
  const { field } = answer
  return field === undefined || reason.mismatches.some(({ path }) => path.includes(field))
    ? undefined
    : finding("the error does not name the field")
}

/** A server that answers every request with the next raw text, and closes the connection. It counts what it was asked. */
export const listen = (raws: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly origin: string; readonly asked: () => number; readonly close: () => void }>((resume) => {
      let next = 0
      const server = createServer((socket) => {
        socket.on("error", () => socket.destroy())
        socket.once("data", () => {
          socket.end(raws[next] ?? "")
          next += 1
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ origin: `http://127.0.0.1:${port}`, asked: () => next, close: () => server.close() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** Gives the client every answer. */
export const check = Effect.fn("Malformed.check")(function* (subject: Shape, pair: Pair) {
  const request = sample(pair.client, subject.seed)
  const response = Document.successes(pair.operation)[0]
  if (request === undefined || response === undefined) return { divergences: [], runs: 0 } satisfies Checked
  const call = Effect.suspend(() => subject.client.call(pair.client.name, request))
  const schema = Document.jsonOf(response.content)
  const expectsBody = pair.client.success !== undefined
  const good = JSON.stringify(
    schema === undefined ? {} : Example.of([schema], expectsBody ? [pair.client.success.node] : [])
  )
  const seen = SchemaCoverage.tally()
  const at = (found: Pick<Finding, "class" | "message">): Divergence =>
    divergence(subject, pair, "response", {
      ...found,
      pointer: JsonNode.below(pair.operation.node.pointer, "responses", response.status),
      through: response.node.through
    })

  // What the document permits may come out as a value.
  const permitted = (answer: MalformedBodies.Answer): boolean =>
    schema === undefined || subject.validator.violations(schema, parsed(answer)).length === 0
  // What is wrong with one field nobody can tell in a body that is refused anyway; that it is, is the finding.
  const base = yield* end(call, send(MalformedBodies.plain(pair.client.successStatus, good)))
  const refused = schema !== undefined && errorOf(base)?.reason._tag === "DecodeError"
  const { body, successStatus } = pair.client
  // A redirect without an address is an error of its status, and one with an address what is wanted.
  const isRedirect = body === "location"
  const missing = ({ body, status }: MalformedBodies.Answer) =>
    body === undefined || body.length === 0 || status === 204 || status === 205
  const bodies = MalformedBodies.bodies(successStatus, good, Client.token)
  const alike = new Set(
    Share.of(
      subject,
      pair,
      bodies.filter(({ field }) => field === undefined)
    )
  )
  const answers = [
    ...(isRedirect ? [] : bodies)
      .filter((answer) => answer.field !== undefined || alike.has(answer))
      .filter(({ field }) => !refused || field === undefined)
      .map((answer): MalformedBodies.Answer =>
        answer.outcome === "invalid" && permitted(answer) ? { ...answer, outcome: "typed" } : answer
      ),
    ...Share.of(subject, pair, MalformedBodies.statuses(good)).filter(({ status }) => !isRedirect || status >= 400)
  ].map((answer): MalformedBodies.Answer =>
    body === "optional" && answer.outcome === "malformed" && missing(answer) ? { ...answer, outcome: "typed" } : answer
  )
  const answered = yield* Effect.forEach(answers, (answer) =>
    Effect.map(end(call, send(answer)), (ended) => {
      seen.add("answers", ended !== hangs && Exit.isSuccess(ended) ? "decoded" : "refused")
      const found = judge(answer, expectsBody, ended)
      return found === undefined ? [] : [at(found)]
    })
  )
  const wires = Share.of(subject, pair, MalformedBodies.wires(good))
  const broken = yield* Effect.gen(function* () {
    const { origin } = yield* listen(wires.map(({ raw }) => raw))
    const forward = Exchange.forward(yield* HttpClient.HttpClient, origin)
    return yield* Effect.forEach(wires, ({ name }) =>
      Effect.map(end(call, forward), (ended) => {
        seen.add("connections", ended !== hangs && Exit.isSuccess(ended) ? "decoded" : "refused")
        const wrong = untyped(ended)
        return wrong === undefined ? [] : [at({ class: "breaking", message: `${name}: ${wrong}` })]
      })
    )
  }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
  const checked: Checked = {
    divergences: distinct([
      ...(refused ? refusal(subject, pair, JSON.parse(good), base) : []),
      ...answered.flat(),
      ...broken.flat()
    ]),
    runs: answers.length + wires.length,
    exercised: seen.counts()
  }
  return checked
})

/**
 * That the client refuses a body a check is built on: as `Responses` says it, where the document permits that body. What
 * would follow from it is no finding of its own.
 */
export const refusal = (
  subject: Pick<Shape, "document" | "validator">,
  pair: Pair,
  body: unknown,
  ended: Ended
): ReadonlyArray<Divergence> => {
  const response = Document.successes(pair.operation)[0]
  const schema = response && Document.jsonOf(response.content)
  if (ended === hangs || response === undefined || schema === undefined) return []
  if (subject.validator.violations(schema, body).length > 0) return []
  return distinct(Responses.judge(pair.operation, response, { exit: ended, exchanges: [] })).map((finding) => ({
    ...divergence(subject, pair, "response", finding),
    counterexample: json(body) ?? null
  }))
}

const parsed = ({ body }: MalformedBodies.Answer): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
