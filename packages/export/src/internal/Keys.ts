/**
 * A set of texts that takes 16 bytes or less for each, however long they are: a million ids are 16 MB. It keeps 64 bits of
 * each text, so that of a million texts two are taken for one with a probability of one in 10^7.
 */
export interface Keys {
  readonly has: (text: string) => boolean
  /** Adds a string; whether it is new. */
  readonly add: (text: string) => boolean
  readonly clear: () => void
}

/** 64 bits of a string, as two halves (cyrb53, whose last step throws 11 of them away). */
export const halves = (text: string): readonly [number, number] => {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    a = Math.imul(a ^ unit, 2654435761)
    b = Math.imul(b ^ unit, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return [a >>> 0, b >>> 0]
}

/** How long a {@link digest} is. */
export const digestLength = 14

/** The same 64 bits, as text. */
export const digest = (text: string): string =>
  halves(text)
    .map((half) => half.toString(36).padStart(digestLength / 2, "0"))
    .join("")

const smallest = 1024

export const make = (): Keys => {
  // Two numbers a slot; both 0 in one that is free.
  let slots = new Uint32Array(smallest * 2)
  let size = 0

  /** Where a text is, or would be. */
  const find = (a: number, b: number): number => {
    const mask = slots.length / 2 - 1
    let slot = b & mask
    while ((slots[slot * 2] !== a || slots[slot * 2 + 1] !== b) && (slots[slot * 2] || slots[slot * 2 + 1])) {
      slot = (slot + 1) & mask
    }
    return slot * 2
  }

  const put = (a: number, b: number) => {
    const at = find(a, b)
    slots[at] = a
    slots[at + 1] = b
  }

  const grow = () => {
    const before = slots
    slots = new Uint32Array(before.length * 2)
    for (let at = 0; at < before.length; at += 2) {
      const [a = 0, b = 0] = [before[at], before[at + 1]]
      if (a !== 0 || b !== 0) put(a, b)
    }
  }

  const isThere = (a: number, b: number) => {
    const at = find(a, b)
    return slots[at] !== 0 || slots[at + 1] !== 0
  }

  const hashed = (text: string): readonly [number, number] => {
    const [a, b] = halves(text)
    return a === 0 && b === 0 ? [0, 1] : [a, b]
  }

  return {
    has: (text) => isThere(...hashed(text)),
    add: (text) => {
      const [a, b] = hashed(text)
      if (isThere(a, b)) return false
      // Three quarters full at most.
      if ((size + 1) * 8 > slots.length * 3) grow()
      put(a, b)
      size += 1
      return true
    },
    clear: () => {
      slots = new Uint32Array(smallest * 2)
      size = 0
    }
  }
}
