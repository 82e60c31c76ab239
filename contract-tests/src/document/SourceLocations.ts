/** Where in the files of a document its findings are: a line of the document, or the overlay's action that put it there. */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Path from "effect/Path"
import type { Divergence } from "../report/Divergence.ts"
import type { AppliedAction, EffectiveDocument } from "./EffectiveDocument.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as PositionedText from "./PositionedText.ts"

/** A place in a file. */
export interface Place {
  /** Relative to the working directory where it is below it; else as it was given. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly excerpt: PositionedText.Excerpt
  /** Whether the pointer's own value is there; otherwise it is the nearest place above it. */
  readonly exact: boolean
  /** The action of an overlay, or the addition, that supplied the place; an addition has no number. */
  readonly action?: { readonly number?: number; readonly target: string; readonly description: string }
  /** The line of the document that the action writes over, where it is not as published. */
  readonly over?: { readonly file: string; readonly line: number; readonly column: number }
}

export interface SourceLocations {
  /** A file's name as places give it. */
  readonly nameOf: (file: string) => string
  /** `undefined` when nothing of the document's text is known. */
  readonly of: (finding: Pick<Divergence, "pointer">) => Place | undefined
  /** A pointer into the document as it is written, which may say `nullable` where the suite reads two alternatives. */
  readonly written: (pointer: string) => string
}

const covers = (change: string, pointer: string) => pointer === change || pointer.startsWith(`${change}/`)

/** The action that last changed a place or one above it; the one nearest to the place, if several did. */
const supplier = (actions: ReadonlyArray<AppliedAction>, pointer: string): AppliedAction | undefined => {
  const nearest = (action: AppliedAction) =>
    Math.max(-1, ...action.changes.filter((change) => covers(change, pointer)).map((change) => change.length))
  let best: { readonly action: AppliedAction; readonly depth: number } | undefined
  for (const action of actions) {
    const depth = nearest(action)
    if (depth >= 0 && depth >= (best?.depth ?? 0)) best = { action, depth }
  }
  return best?.action
}

/** What of an update says a place: the longest end of the pointer that leads somewhere in it. */
const within = (
  text: PositionedText.PositionedText,
  base: string,
  pointer: string
): PositionedText.Span | undefined => {
  const tokens = PositionedText.tokensOf(pointer)
  const depth = PositionedText.tokensOf(base).length
  for (let from = 0; from < tokens.length; from++) {
    const rest = tokens.slice(from)
    const span = text.locateIn(base, rest)
    if (span !== undefined && span.depth === depth + rest.length) return span
  }
  return undefined
}

/** A pointer into a text that says `nullable` where the suite reads two alternatives, of which the second is null. */
const writtenIn = (text: PositionedText.PositionedText, pointer: string): string => {
  const isThere = (pointer: string) => text.locate(pointer)?.depth === PositionedText.tokensOf(pointer).length
  const alternative = /\/anyOf\/([01])(?=\/|$)/g
  for (let match = alternative.exec(pointer); match !== null; match = alternative.exec(pointer)) {
    const above = pointer.slice(0, match.index)
    if (!isThere(`${above}/nullable`) || isThere(`${above}/anyOf`)) continue
    if (match[1] === "1") return `${above}/nullable`
    return writtenIn(text, above + pointer.slice(match.index + match[0].length))
  }
  return pointer
}

/** The places of a document's findings. The working directory is what files are named relative to. */
export const make = Effect.fn("SourceLocations.make")(function* (document: EffectiveDocument) {
  const path = yield* Path.Path
  const texts = new Map([...document.sources].map(([file, text]) => [file, PositionedText.make(text)]))
  const nameOf = (file: string): string => {
    if (!path.isAbsolute(file)) return file
    const relative = path.relative(path.resolve(), file)
    return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative.replaceAll("\\", "/")
  }

  const place = (
    file: string,
    text: PositionedText.PositionedText,
    span: PositionedText.Span,
    exact: boolean
  ): Place => ({
    file: nameOf(file),
    line: span.line,
    column: span.column,
    excerpt: text.excerpt(span),
    exact
  })

  const inOverlay = (action: AppliedAction, pointer: string): Place | undefined => {
    const text = texts.get(action.file)
    const isAddition = action.kind === "addition"
    // Additions are written at the places they are for.
    const base = isAddition ? action.changes.find((change) => covers(change, pointer)) : `/actions/${action.index}`
    if (base === undefined) return undefined
    const update = text && within(text, isAddition ? "" : `${base}/update`, pointer)
    const span = update ?? text?.locate(base)
    if (text === undefined || span === undefined) return undefined
    const { description, target } = action
    return {
      ...place(action.file, text, span, update !== undefined),
      action: { ...(isAddition ? undefined : { number: action.index + 1 }), target, description }
    }
  }

  /** Where a pointer leads in the files as they are written. */
  const originOf = (pointer: string) => {
    const origin = document.origin?.(pointer) ?? { file: document.source, pointer }
    const text = texts.get(origin.file)
    return { ...origin, text, pointer: text === undefined ? origin.pointer : writtenIn(text, origin.pointer) }
  }

  const inDocument = (pointer: string): Place | undefined => {
    const origin = originOf(pointer)
    const span = origin.text?.locate(origin.pointer)
    if (origin.text === undefined || span === undefined) return undefined
    return place(origin.file, origin.text, span, span.depth === PositionedText.tokensOf(origin.pointer).length)
  }

  /** Whether the document says something else there than the one its overlays are written for. */
  const isEdited = (pointer: string): boolean => {
    if (document.revision === undefined) return false
    const [given, known] = [document.revision.given, document.revision.known].map((one) => JsonNode.at(one, pointer))
    return given !== undefined && !Equal.equals(given.value, known?.value)
  }

  const find = (pointer: string): Place | undefined => {
    const action = supplier(document.actions, pointer)
    const isRemoved = action?.changes.includes(pointer) === true
    if (!isRemoved && pointer !== "" && JsonNode.at(document.document, pointer) === undefined) {
      // What is nowhere would be beside its siblings, and those may be an overlay's.
      const place = find(pointer.slice(0, pointer.lastIndexOf("/")))
      return place && { ...place, exact: false }
    }
    const own = inDocument(pointer)
    const place = action && inOverlay(action, pointer)
    if (place === undefined || own?.exact !== true || !isEdited(pointer)) return place ?? own
    return { ...place, over: { file: own.file, line: own.line, column: own.column } }
  }

  const found = new Map<string, Place | undefined>()
  const places: SourceLocations = {
    nameOf,
    // Of several files a place has its own; a pointer is into what they are together.
    written: (pointer) => (document.origin === undefined ? originOf(pointer).pointer : pointer),
    of: ({ pointer }) => {
      if (!found.has(pointer)) found.set(pointer, find(pointer))
      return found.get(pointer)
    }
  }
  return places
})

/** `file:line`, the action or addition it comes from, and the line of the document below that. */
export const format = ({ action, file, line, over }: Place): string => {
  if (action === undefined) return `${file}:${line}`
  const name = action.number === undefined ? "addition" : `action ${action.number}`
  const below = over === undefined ? "" : `, over ${over.file}:${over.line}`
  return `${file}:${line} (${name}: ${action.description.trim()})${below}`
}
