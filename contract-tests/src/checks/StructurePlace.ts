/** Where a comparison of schemas is, and what it finds there. */
import type { Finding } from "../report/Divergence.ts"
import * as JsonNode from "../schema/JsonNode.ts"

export interface Place {
  /** How a program would write it: `data[].email`. */
  readonly path: string
  readonly depth: number
  /** How often both sides were compared already, by what they are. */
  readonly seen: Map<string, number>
}

export const top = (path: string): Place => ({ path, depth: 0, seen: new Map() })

export const below = ({ depth, path, seen }: Place, step: string): Place => ({
  depth: depth + 1,
  seen,
  path: path === "" ? step.replace(/^\./, "") : path + step
})

export const found = (
  node: JsonNode.Node,
  keys: ReadonlyArray<string>,
  severity: Finding["class"],
  place: Place,
  message: string
): Finding => ({
  class: severity,
  pointer: JsonNode.below(node.pointer, ...keys),
  through: node.through,
  message: `${place.path === "" ? "the body" : place.path}: ${message}`
})

export const list = (values: Iterable<unknown>): string => [...new Set(values)].map(String).join(" or ")
