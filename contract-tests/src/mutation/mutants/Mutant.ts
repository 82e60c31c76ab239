/** A document with one change: what it is found to be, and the patch that makes it. */
import type * as JsonPatch from "effect/JsonPatch"
import type * as Schema from "effect/Schema"
import * as JsonNode from "../../schema/JsonNode.ts"
import * as MutationSites from "../MutationSites.ts"

export type Json = Schema.Json

/**
 * What a mutant must be found to be.
 * - `breaking`, `drift`: at least that.
 * - `widened`: breaking, if the client cannot read the value; otherwise nobody is hurt.
 * - `changed`: it means something else, and the client is none the worse.
 * - `same`: it means the same; nothing may be found.
 */
export type Expected = "breaking" | "drift" | "widened" | "changed" | "same"

/** A value that a response may hold after the change: at the end of the ways to a schema, or left out there. */
export type Witness =
  | { readonly _tag: "value"; readonly site: MutationSites.Site; readonly value: Json }
  | { readonly _tag: "absent"; readonly site: MutationSites.Site; readonly name: string }
  | { readonly _tag: "any"; readonly site: MutationSites.Site }

export interface Mutant {
  readonly kind: string
  readonly operator: string
  /** The place that is changed. */
  readonly pointer: string
  readonly description: string
  readonly expected: Expected
  readonly patch: JsonPatch.JsonPatch
  /** Names of the operations that use the place; all of them when left out. */
  readonly operations?: ReadonlyArray<string>
  /** What decides a `widened` one. */
  readonly witness?: Witness
  /** An answer it permits: a `breaking` one is drift where the client demands nothing that this lacks. */
  readonly answer?: Json
}

export const add = (path: string, value: Json): JsonPatch.JsonPatchOperation => ({ op: "add", path, value })
export const replace = (path: string, value: Json): JsonPatch.JsonPatchOperation => ({ op: "replace", path, value })
export const remove = (path: string): JsonPatch.JsonPatchOperation => ({ op: "remove", path })

export const { below } = JsonNode

export const without = (value: { readonly [key: string]: Json }, ...keys: ReadonlyArray<string>) =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))

/** With a key under another name, in its place. */
export const renamed = (value: { readonly [key: string]: Json }, from: string, to: string) =>
  Object.fromEntries(Object.entries(value).map(([key, field]) => [key === from ? to : key, field]))

export type Draft = Omit<Mutant, "kind" | "pointer" | "operations"> & { readonly pointer?: string }
