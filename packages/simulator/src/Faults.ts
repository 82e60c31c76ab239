/** What goes wrong, how often, or in which order. */
import { operations, type Resource, type resources } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Prng from "./internal/Prng.ts"

/**
 * Every kind of fault that passes: the same request can succeed later.
 *
 * - `error500` … `error504`: that status with an `error.list` body.
 * - `html500` … `html504`: that status with the HTML page of a proxy.
 * - `reset`: the connection is reset, nothing is answered.
 * - `stall`: the headers and half of the body, then silence for as long as the client waits.
 * - `empty200`: 200 and no body.
 * - `truncated`: a complete answer whose JSON ends in the middle.
 */
export const kinds = [
  "error500",
  "error502",
  "error503",
  "error504",
  "html500",
  "html502",
  "html503",
  "html504",
  "reset",
  "stall",
  "empty200",
  "truncated"
] as const

/**
 * Refusals: `error401` with the code `token_revoked`, and `error403` with `api_plan_restricted`. They are drawn only
 * where they are named.
 */
export const refusals = ["error401", "error403"] as const

export type Kind = (typeof kinds)[number] | (typeof refusals)[number]

const names: ReadonlyArray<Kind> = [...kinds, ...refusals]

/** What a request asks for. */
export interface Asked {
  readonly method: string
  /** Without query. */
  readonly path: string
  /** The name of the operation, such as `Contacts.search`; `undefined` when there is none at this path. */
  readonly operation: string | undefined
  readonly query: { readonly [name: string]: string }
  /** The JSON of the body; `undefined` when there is none. */
  readonly body: unknown
  /** The page's size, from query or body. */
  readonly perPage: number | undefined
}

type Resources = typeof resources

type NamesIn<R extends Resource.Declared> = `${R["resource"]}.${keyof R["endpoints"] & string}`

/** The name of an operation: `Contacts.search`, `NewsItems.list`. */
export type OperationName = { [Name in keyof Resources]: NamesIn<Resources[Name]> }[keyof Resources]

/** The requests to an operation of your own, by its resource and its method. */
export const operation =
  <R extends Resource.Declared>({ resource }: R, method: keyof R["endpoints"] & string) =>
  (asked: Asked): boolean =>
    asked.operation === `${resource}.${method}`

/** Some of the requests: those of an operation, by its name, or those for which a predicate is true. */
export type Where = OperationName | ((asked: Asked) => boolean)

/** Faults of some of the requests. */
export interface Scoped {
  readonly where: Where
  readonly faults: Faults
}

/**
 * Which requests fail. `probabilities` (0 to 1 each, at most 1 together) are drawn for every request from the
 * simulator's seed. A `script` is used up first, one step a request; requests over the rate limit take no step.
 */
export interface Faults {
  readonly probabilities: { readonly [kind in Kind]?: number }
  readonly script: ReadonlyArray<Kind | "ok">
  /**
   * Whether a write that fails was processed all the same: never (`lost`), always (`applied`), or by the seed
   * (`either`). `stall`, `empty200` and `truncated` need the answer, so they are always of processed requests.
   */
  readonly onWrite: "lost" | "applied" | "either"
  /** Come before the others, in order: the first that has a fault for a request decides. */
  readonly scoped: ReadonlyArray<Scoped>
}

/** No faults. */
export const none: Faults = { probabilities: {}, script: [], onWrite: "either", scoped: [] }

/** Faults with this probability (0 to 1), of these kinds alike; of all kinds when left out. */
export const rate = (probability: number, of: ReadonlyArray<Kind> = kinds): Faults => ({
  ...none,
  probabilities: Object.fromEntries(of.map((kind) => [kind, probability / of.length]))
})

/** These outcomes, one a request; `ok` from then on. */
export const script = (...steps: ReadonlyArray<Kind | "ok">): Faults => ({ ...none, script: steps })

/**
 * Faults of some requests only; a kind alone happens to all of them, every time.
 *
 * @example
 * ```ts
 * import { Faults } from "@effect-intercom/simulator"
 *
 * // Large pages time out, the plan has no conversations, and the second search of contacts fails.
 * const faults = Faults.all(
 *   Faults.when(({ perPage }) => perPage !== undefined && perPage > 50, "error504"),
 *   Faults.when("Conversations.list", "error403"),
 *   Faults.when("Contacts.search", Faults.script("ok", "error502"))
 * )
 * ```
 */
export const when = (where: Where, what: Kind | Faults): Faults => ({
  ...none,
  scoped: [{ where, faults: typeof what === "string" ? rate(1, [what]) : what }]
})

/** All of these; of two for the same request, the first. */
export const all = (...faults: ReadonlyArray<Faults>): Faults => ({
  ...none,
  scoped: faults.map((faults) => ({ where: () => true, faults }))
})

/** A text that says no faults. */
export class FaultsSyntaxError extends Schema.TaggedError<FaultsSyntaxError>()("FaultsSyntaxError", {
  input: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return (
      `Not a setting for faults: "${this.input}": ${this.problem}. Write 2% (of all kinds), reset=1%,error503=0.01 ` +
      `(each by itself), or script:ok,reset,error500 (in that order). The kinds are ${names.join(", ")}.`
    )
  }
}

const isKind = (text: string): text is Kind => names.some((kind) => kind === text)

const probability = (text: string): number | undefined => {
  const [, digits, percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text) ?? []
  const value = Number(digits) / (percent === "%" ? 100 : 1)
  return value >= 0 && value <= 1 ? value : undefined
}

/**
 * Reads a setting for faults: `none` or an empty text; `2%` or `0.02` for all kinds together; `reset=1%,error503=0.01`
 * for each kind by itself; `script:ok,reset,error500` for one outcome after the other.
 */
export const parse = (input: string): Effect.Effect<Faults, FaultsSyntaxError> => {
  const fail = (problem: string) => Effect.fail(new FaultsSyntaxError({ input, problem }))
  const text = input.trim()
  if (text === "" || text === "none") return Effect.succeed(none)

  const overall = probability(text)
  if (overall !== undefined) return Effect.succeed(rate(overall))

  const [head, steps] = text.split(":", 2)
  if (head === "script" && steps !== undefined) {
    const names = steps.split(",").map((step) => step.trim())
    const outcomes = names.filter((name): name is Kind | "ok" => name === "ok" || isKind(name))
    const unknown = names.find((name) => name !== "ok" && !isKind(name))
    return unknown === undefined ? Effect.succeed(script(...outcomes)) : fail(`"${unknown}" is no kind`)
  }

  const probabilities: { [kind in Kind]?: number } = {}
  for (const part of text.split(",")) {
    const [kind = "", value = ""] = part.split("=", 2).map((side) => side.trim())
    if (!isKind(kind)) return fail(`"${kind}" is no kind`)
    const often = probability(value)
    if (often === undefined) return fail(`"${value}" is no probability (0 to 1, or 0% to 100%)`)
    probabilities[kind] = often
  }
  const total = Object.values(probabilities).reduce((sum, value) => sum + value, 0)
  return total > 1 ? fail("the probabilities add up to more than 1") : Effect.succeed({ ...none, probabilities })
}

/** A fault that is due. `applied`: a write is processed before it. */
export interface Fault {
  readonly kind: Kind
  readonly applied: boolean
}

/** A fault of an operation that does not exist would never come: where types do not tell, this does. */
export class UnknownOperation extends Schema.TaggedError<UnknownOperation>()("UnknownOperation", {
  name: Schema.String
}) {
  override get message(): string {
    const [group] = this.name.split(".")
    const siblings = operations.map(({ name }) => name).filter((name) => name.startsWith(`${group}.`))
    const known = siblings.length === 0 ? "Contacts.list, Contacts.search and so on" : siblings.join(", ")
    return `There is no operation ${this.name} to have a fault. Its name is one of ${known}.`
  }
}

const named = ({ scoped }: Faults): ReadonlyArray<string> =>
  scoped.flatMap(({ faults, where }) => [...(typeof where === "string" ? [where] : []), ...named(faults)])

/** The faults, once every operation they name is known to exist. */
export const checked = (faults: Faults): Effect.Effect<Faults, UnknownOperation> => {
  const unknown = named(faults).find((name) => operations.every((operation) => operation.name !== name))
  return unknown === undefined ? Effect.succeed(faults) : Effect.fail(new UnknownOperation({ name: unknown }))
}

const isIn = (where: Where, asked: Asked): boolean =>
  typeof where === "string" ? asked.operation === where : where(asked)

/** Draws what happens to one request after the other; `undefined`: nothing. What is scoped needs to know the request. */
export const source = (faults: Faults, seed: number): ((asked?: Asked) => Fault | undefined) => {
  const random = Prng.make(Prng.hash(seed, 0xfa17))
  const probabilities = names.map((kind) => [kind, faults.probabilities[kind] ?? 0] as const)
  const scoped = faults.scoped.map(({ faults, where }, index) => ({
    where,
    next: source(faults, Prng.hash(seed, index))
  }))
  let step = 0

  const draw = (): Kind | "ok" => {
    const scripted = faults.script[step]
    if (scripted !== undefined) {
      step++
      return scripted
    }
    let at = random.next()
    for (const [kind, probability] of probabilities) {
      if (at < probability) return kind
      at -= probability
    }
    return "ok"
  }

  return (asked) => {
    for (const { next, where } of scoped) {
      const fault = asked !== undefined && isIn(where, asked) ? next(asked) : undefined
      if (fault !== undefined) return fault
    }
    const kind = draw()
    const coin = random.next()
    if (kind === "ok") return undefined
    return { kind, applied: faults.onWrite === "applied" || (faults.onWrite === "either" && coin < 0.5) }
  }
}
