/**
 * Texts that are known beforehand, each of which can be marked: 8 bytes for each, and a bit for its mark. The bits can be
 * kept, and set again by whoever knows the same texts, in whatever order: they are in the order of 64 bits of each text, of
 * which two of a million texts have the same with a probability of one in 10^7.
 */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import { halves } from "./Keys.ts"

export interface Marks {
  /** Says of which texts the marks are: others have another one. */
  readonly digest: string
  /** Marks a text; whether it had no mark. `undefined` of what is none of the texts. */
  readonly mark: (text: string) => boolean | undefined
  readonly isMarked: (text: string) => boolean
  /** How many have no mark. */
  readonly left: () => number
  /** Of the bits that are kept. */
  readonly bytes: number
  /** All marks, as Base64. */
  readonly encode: () => string
  /** Sets marks that were kept; whether they are of as many texts. */
  readonly restore: (encoded: string) => boolean
}

export interface Builder {
  readonly add: (text: string) => void
  readonly build: () => Marks
}

export const builder = (): Builder => {
  let hashes = new BigUint64Array(1024)
  let size = 0
  return {
    add: (text) => {
      if (size === hashes.length) {
        const before = hashes
        hashes = new BigUint64Array(size * 2)
        hashes.set(before)
      }
      hashes[size] = hashOf(text)
      size += 1
    },
    build: () => {
      const sorted = hashes.subarray(0, size).toSorted()
      let count = 0
      for (const hash of sorted) {
        if (count === 0 || sorted[count - 1] !== hash) {
          sorted[count] = hash
          count += 1
        }
      }
      return make(sorted.subarray(0, count))
    }
  }
}

const hashOf = (text: string): bigint => {
  const [a, b] = halves(text)
  return (BigInt(a) << 32n) | BigInt(b)
}

const make = (sorted: BigUint64Array): Marks => {
  const bits = new Uint8Array(Math.ceil(sorted.length / 8))
  let left = sorted.length

  /** Where a text is; -1 of what is none of them. */
  const find = (text: string): number => {
    const hash = hashOf(text)
    let from = 0
    let until = sorted.length
    while (from < until) {
      const middle = (from + until) >>> 1
      if ((sorted[middle] ?? 0n) < hash) from = middle + 1
      else until = middle
    }
    return sorted[from] === hash ? from : -1
  }

  const has = (at: number) => ((bits[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0

  return {
    digest: digestOf(sorted),
    mark: (text) => {
      const at = find(text)
      if (at === -1) return undefined
      if (has(at)) return false
      bits[at >>> 3] = (bits[at >>> 3] ?? 0) | (1 << (at & 7))
      left -= 1
      return true
    },
    isMarked: (text) => {
      const at = find(text)
      return at !== -1 && has(at)
    },
    left: () => left,
    bytes: bits.length,
    encode: () => Base64.encode(bits),
    restore: (encoded) => {
      const kept = Base64.decode(encoded)
      if (Result.isFailure(kept) || kept.success.length !== bits.length) return false
      bits.set(kept.success)
      left = 0
      for (let at = 0; at < sorted.length; at++) if (!has(at)) left += 1
      return true
    }
  }
}

/** How many there are, and which. */
const digestOf = (sorted: BigUint64Array): string => {
  let digest = 0xcbf29ce484222325n
  for (const hash of sorted) digest = BigInt.asUintN(64, (digest ^ hash) * 0x100000001b3n)
  return `${sorted.length}-${digest.toString(36)}`
}
