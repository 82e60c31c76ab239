// Characters with a name of their own in HTML.
const entities: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" }

/** A character of the secret, and what an escape of it has after its `\u00`, `\x`, `%`, `&#x`, `&#` or `&`. */
interface Letter {
  readonly itself: string
  readonly hex: string
  readonly decimal: string
  readonly entity: string
}

const letterOf = (character: string): Letter => ({
  itself: character.toLowerCase(),
  hex: character.charCodeAt(0).toString(16),
  decimal: String(character.charCodeAt(0)),
  entity: `${entities[character] ?? character.toLowerCase()};`
})

// The digits of an escape come in both cases, and a token in capitals still tells most of it.
const lowerAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  return code >= 65 && code <= 90 ? code + 32 : code
}

const hasAt = (text: string, what: string, at: number): boolean => {
  for (let index = 0; index < what.length; index++) {
    if (lowerAt(text, at + index) !== what.charCodeAt(index)) return false
  }
  return true
}

const most = { backslashes: 8, zeros: 4 }

/** The place after a run of one character. */
const after = (text: string, character: string, at: number, most: number): number => {
  let end = at
  while (end - at < most && text[end] === character) end++
  return end
}

/** Where a letter ends that begins at `at`: nowhere, or in a few ways, as a backslash is an escape or itself. */
const endsOf = (text: string, at: number, letter: Letter): ReadonlyArray<number> => {
  const ends: Array<number> = []
  const take = (what: string, from: number) => {
    if (hasAt(text, what, from)) ends.push(from + what.length)
  }
  take(letter.itself, at)
  switch (text[at]) {
    case "%":
      take(letter.hex, at + 1)
      break
    case "&":
      take(letter.entity, at + 1)
      if (text[at + 1] !== "#") break
      take(`${letter.decimal};`, after(text, "0", at + 2, most.zeros))
      if (lowerAt(text, at + 2) === x) take(`${letter.hex};`, after(text, "0", at + 3, most.zeros))
      break
    case "\\":
      for (let end = after(text, "\\", at, most.backslashes); end > at; end--) {
        take(letter.itself, end)
        take(`u00${letter.hex}`, end)
        take(`x${letter.hex}`, end)
      }
  }
  return ends
}
const x = "x".charCodeAt(0)

// So many characters of a secret tell something of it.
const telling = 8

/** Where the secret ends that begins at `at`, in full or as far as the text goes; `undefined` when none does. */
const endOf = (text: string, at: number, letters: ReadonlyArray<Letter>): number | undefined => {
  let places: ReadonlyArray<number> = [at]
  for (const [index, letter] of letters.entries()) {
    const next = new Set<number>()
    for (const place of places) for (const end of endsOf(text, place, letter)) next.add(end)
    if (next.size === 0) {
      return index >= telling && places.some((place) => isCutOff(text, place)) ? text.length : undefined
    }
    places = [...next]
  }
  return Math.max(...places)
}

const longestEscape = most.backslashes + "u0000".length

/** Whether a text ends at `place`, or within an escape that begins there. */
const isCutOff = (text: string, place: number): boolean =>
  text.length - place < longestEscape &&
  /^(?:\\*(?:u0{0,2}[\da-f]?|x[\da-f]?)?|%[\da-f]?|&[#\da-z]*)$/i.test(text.slice(place))

// No token is that short; taking "t" out of every text would leave none to read.
const shortest = 4

/**
 * Takes a secret out of a text, and gives `length` characters of what is left at most. An `incomplete` text is the
 * beginning of a longer one.
 */
export type Scrub = (text: string, length?: number, incomplete?: boolean) => string

/**
 * Takes every occurrence of `secret` (visible ASCII) out of a text, whichever way its characters are escaped (percent,
 * JSON or JavaScript a few deep, HTML): servers and proxies echo what they got. Where a text was cut within the secret,
 * its beginning goes, too. However long a text is, no more of it is looked at than is shown.
 */
export const scrubber = (secret: string): Scrub => {
  if (secret.length < shortest) return (text, length, incomplete) => cap(text, length, inAll(text, incomplete))
  const letters = Array.from(secret, letterOf)
  // What an occurrence may begin with.
  const first = new Set([secret.toLowerCase().charCodeAt(0), ...Array.from("\\%&", (sign) => sign.charCodeAt(0))])
  return (text, length = Number.POSITIVE_INFINITY, incomplete = false) => {
    let shown = ""
    let kept = 0
    let at = 0
    while (at < text.length && shown.length + at - kept <= length) {
      const end = first.has(lowerAt(text, at)) ? endOf(text, at, letters) : undefined
      if (end === undefined) {
        at++
        continue
      }
      shown += `${text.slice(kept, at)}<redacted>`
      at = kept = end
    }
    return cap(shown + text.slice(kept, at), length, inAll(text, incomplete))
  }
}

const inAll = (text: string, incomplete = false): string => `${incomplete ? "more than " : ""}${text.length}`

const cap = (text: string, length = Number.POSITIVE_INFINITY, inAll: string): string =>
  text.length <= length ? text : `${text.slice(0, length)}… (${inAll} characters in all)`
