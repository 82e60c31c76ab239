/**
 * How much of a check each operation gets. What is the same for every operation is shared among them: of many, each tries
 * a part, and all together try everything several times. Samples are as many as there is to vary.
 */
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import type { Pair } from "./Pairs.ts"

export interface Shared {
  readonly pairs: ReadonlyArray<Pair>
  /** The part of what is the same for every operation that each of them tries: 1 for all of it. */
  readonly portion: number
}

// So many operations try everything, or as many in parts.
const whole = 25

/** A subject whose operations share what is the same for all of them, where there are many. */
export const among = <S extends Shared>(subject: S): S => ({
  ...subject,
  portion: Math.min(1, whole / Math.max(1, subject.pairs.length))
})

/** Those of the same for every operation that fall to one of them; at least `least`. */
export const of = <A>({ pairs, portion }: Shared, pair: Pair, all: ReadonlyArray<A>, least = 1): ReadonlyArray<A> => {
  const many = Math.min(all.length, Math.max(least, Math.ceil(all.length * portion)))
  if (many === all.length) return all
  const from =
    Math.max(
      0,
      pairs.findIndex(({ client }) => client.name === pair.client.name)
    ) * many
  return all.filter((_, index) => (index - (from % all.length) + all.length) % all.length < many)
}

/** A number of things to do that does not depend on the operation. */
export const many = ({ portion }: Shared, all: number, least = 1): number =>
  Math.min(all, Math.max(least, Math.ceil(all * portion)))

const deepest = 3
const enough = 14

/** How many fields some schemas have, down to a depth; no more than are worth all samples. */
const variety = (nodes: ReadonlyArray<JsonNode.Node>, depth = 0): number => {
  const shape = depth > deepest ? undefined : NormalizedSchema.of(nodes)
  if (shape === undefined) return 0
  let sum = 0
  for (const { nodes } of shape.fields.values()) {
    if (sum >= enough) return enough
    sum += 1 + variety(nodes, depth + 1)
  }
  return sum + variety(shape.items, depth + 1)
}

// Of what hardly varies.
const fewest = 8

/** How many of a number of samples are worth their time: all of them where much varies, or operations are few. */
export const runs = ({ portion }: Shared, all: number, nodes: ReadonlyArray<JsonNode.Node | undefined>): number => {
  if (portion === 1) return all
  const fields = nodes.reduce((sum, node) => sum + (node === undefined ? 0 : variety([node])), 0)
  return Math.min(all, fewest + Math.ceil((all * Math.min(fields, enough)) / enough))
}
