/** A place in a JSON document, and how it was reached. */
import * as JsonPointer from "effect/JsonPointer"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"

export interface Node {
  /** The document `$ref`s are resolved in. */
  readonly root: Schema.Json
  readonly pointer: string
  /** Pointers of the `$ref`s that were followed. */
  readonly through: ReadonlyArray<string>
  readonly value: Schema.Json
}

export const make = (root: Schema.Json): Node => ({ root, pointer: "", through: [], value: root })

/** A JSON object that is no array. */
export const isRecord = (value: unknown): value is { readonly [key: string]: Schema.Json } => Predicate.isObject(value)

/** The value of a node as an object; empty when it is something else. */
export const record = (node: Node): { readonly [key: string]: Schema.Json } => (isRecord(node.value) ? node.value : {})

/** The pointer of a place below another. */
export const below = (pointer: string, ...keys: ReadonlyArray<string | number>): string => {
  let place = pointer
  for (const key of keys) place += `/${JsonPointer.escapeToken(String(key))}`
  return place
}

/** The node at a key or index, `undefined` when there is none. `$ref`s are not followed. */
export const child = ({ pointer, root, through, value }: Node, key: string | number): Node | undefined => {
  const found = Array.isArray(value)
    ? value[Number(key)]
    : isRecord(value) && Object.hasOwn(value, key)
      ? value[key]
      : undefined
  return found === undefined ? undefined : { root, pointer: below(pointer, key), through, value: found }
}

/** The nodes of an object's keys, or of an array's items. */
export const children = (node: Node): ReadonlyArray<readonly [string, Node]> => {
  const found: Array<readonly [string, Node]> = []
  if (!Predicate.isObjectOrArray(node.value)) return found
  for (const key of Object.keys(node.value)) {
    const inner = child(node, key)
    if (inner !== undefined) found.push([key, inner])
  }
  return found
}

/** The node below another, by its keys. */
export const descend = (node: Node, keys: ReadonlyArray<string>): Node | undefined =>
  keys.reduce<Node | undefined>((node, key) => node && child(node, key), node)

/** The node a pointer names. */
export const at = (root: Schema.Json, pointer: string): Node | undefined =>
  descend(make(root), pointer.split("/").slice(1).map(JsonPointer.unescapeToken))

// A document refers to few places, each many times.
const targets = new WeakMap<object, Map<string, Node | undefined>>()

/** What a local `$ref` names, itself maybe another. */
const targetOf = (root: Schema.Json, reference: string): Node | undefined => {
  const look = () => {
    const keys = JsonPointer.parseUriFragment(reference)
    return keys === undefined ? undefined : descend(make(root), keys)
  }
  if (!Predicate.isObject(root)) return look()
  const known = targets.get(root) ?? new Map<string, Node | undefined>()
  targets.set(root, known)
  if (!known.has(reference)) known.set(reference, look())
  return known.get(reference)
}

/** The node a local `$ref` leads to; the node itself when it has none; `undefined` when it leads nowhere. */
export const resolve = (node: Node): Node | undefined => {
  const reference = record(node)["$ref"]
  if (typeof reference !== "string") return node
  const target = targetOf(node.root, reference)
  // A reference that leads back to itself has no value.
  if (target === undefined || node.through.length > 64) return undefined
  return resolve({ ...target, through: [...node.through, below(node.pointer, "$ref")] })
}

/** {@link child}, with `$ref`s followed before and after. */
export const follow = (node: Node, ...keys: ReadonlyArray<string | number>): Node | undefined =>
  keys.reduce<Node | undefined>((node, key) => {
    const found = node && child(node, key)
    return found && resolve(found)
  }, resolve(node))
