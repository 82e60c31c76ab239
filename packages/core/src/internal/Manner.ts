/** What a program says of the calls inside an effect, as a whole. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Lossless } from "../Json.ts"
import * as CallPolicy from "./CallPolicy.ts"

/** Values of references: what is equal, is the same manner. */
export type Manner = ReadonlyArray<unknown>

const references = { ...CallPolicy, Lossless }

/**
 * Whether a reference changes what the answer is, or only how long it is waited for and who is told. The compiler sees to it
 * that each is here.
 */
const changesAnswer: { readonly [Name in keyof typeof references]: boolean } = {
  Version: true,
  // A gateway may answer by them.
  Headers: true,
  // What does not fit is an answer for those who take it.
  OnInvalid: true,
  Lossless: true,
  Timeout: false,
  RetryPolicy: false,
  OnResponse: false
}

const all = Object.entries(references)
const answering = all.filter(([name]) => changesAnswer[name as keyof typeof references])

const valuesOf =
  (entries: typeof all) =>
  (context: Context.Context<never>): Manner =>
    entries.map(([, reference]) => Context.get(context, reference as Context.Reference<unknown>))

/** All that is said of a call: what is equal, can be asked for together. */
export const ofCall = valuesOf(all)

/** What is said of the answer: what is equal, may have the same one. */
export const ofAnswer = valuesOf(answering)

export const call: Effect.Effect<Manner> = Effect.map(Effect.context<never>(), ofCall)
export const answer: Effect.Effect<Manner> = Effect.map(Effect.context<never>(), ofAnswer)
