/** What seeded records depend on: record `i` of a kind follows from the seed, the counts and `i` alone. */
import type { resources } from "@effect-intercom/core"
import * as Prng from "./internal/Prng.ts"

/** The kinds of records, by the names core has for their resources. */
export type Name = keyof typeof resources

/** How many parts a conversation has, and how many of them it shows. */
export interface PartsOverride {
  readonly count: number
  readonly shown?: number | undefined
}

/** What every record depends on. */
export interface World {
  readonly seed: number
  /** How many records of each kind there are to begin with. */
  readonly counts: { readonly [name in Name]: number }
  /** The workspace's, an IANA name. */
  readonly timezone: string
  /** Conversations with other parts than the seed gives them, by index. */
  readonly parts: { readonly [index: number]: PartsOverride }
  /** The id of a seeded record. */
  readonly id: (name: Name, index: number) => string
}

/** The first second of the workspace, in Unix seconds. */
export const start = 1_600_000_000

/** In seconds. */
export const minute = 60

/** In seconds. */
export const day = 86_400

export const hex = (value: number, length: number) => value.toString(16).padStart(length, "0")

/** The draws for a record. `salt` tells kinds apart: a number of its own, or a name. */
export const random = ({ seed }: World, salt: number | string, index: number): Prng.Prng =>
  Prng.make(Prng.hash(seed, Prng.saltOf(salt), index))

export const workspaceId = ({ seed }: World): string => hex(Prng.hash(seed, 0), 8)
