/**
 * One finding for each place: what several operations and checks say of one place of the document is said once, with
 * the operations it touches.
 */
import * as Document from "../document/Document.ts"
import type { Divergence } from "./Divergence.ts"

/** Where a fact was found. */
export interface Touched {
  readonly operation: string
  readonly method?: string
  readonly check: string
}

/** A divergence, and all it stands for. */
export interface Fact {
  /** What stands for all: found by comparing schemas, where one was; with the value and the request that show it. */
  readonly divergence: Divergence
  /** Every operation and check that found it, in the order of the run. */
  readonly touches: ReadonlyArray<Touched>
  /** How else it is said. */
  readonly also: ReadonlyArray<string>
  /** The divergences it stands for. */
  readonly members: ReadonlyArray<Divergence>
}

/** What is said of a place, without the way a value has to it. */
export const words = ({ message }: Pick<Divergence, "message">): string =>
  message
    .slice(message.lastIndexOf(": ") + 1)
    // The same by another way to it, and fields that are named at the end.
    .replace(/; the client sends it$/, "")
    .replace(/^\S+ (?=must |is not )/, "")
    .replace(/ - \S+( \(by the comparator\))?$/, "$1")
    .trim()

/** The way a value has to the place: `data[].email`. */
export const fieldOf = ({ message }: Pick<Divergence, "message">): string =>
  /^(the value|(?:\w+ parameter )?\S+) (?:must |is not )/.exec(message)?.[1] ??
  // The comparator names it at the end.
  /^request\.\w+\.unknown: (\S+)/.exec(message)?.[1] ??
  message.slice(0, Math.max(0, message.lastIndexOf(": ")))

/** Names and places of parameters differ between documents that say the same. */
const pointerOf = ({ pointer }: Pick<Divergence, "pointer">): string =>
  pointer.replaceAll(/\{[^}]*\}/g, "{}").replaceAll(/\/parameters\/\d+/g, "/parameters/-")

type Identified = Pick<Divergence, "operation" | "class" | "pointer" | "message"> & { readonly direction: string }

/** What stands at one place for all operations; elsewhere (`/info`, the document itself) a place is an operation's. */
const shared = /^\/((paths|components)\/.|(servers|security)(\/|$))/

/** What a pointer stands for: of what must be there a field, and where it is not shared an operation. */
export const placeOf = (one: Identified): string => {
  const pointer = pointerOf(one)
  const field = /\/(required|parameters)$/.test(pointer) ? (fieldOf(one).split(/[. ]/).at(-1) ?? "") : ""
  const [method = "", path = ""] = one.operation.split(" ", 2)
  const operation = shared.test(pointer) ? "" : Document.keyOf(method, path)
  return [operation, one.direction, one.class, pointer, field].join(" | ")
}

/** What two divergences have in common that are one fact. */
export const key = (one: Identified): string => `${placeOf(one)} | ${isInSchema(one) ? words(one) : one.message}`

/** Whether a pointer leads into a schema, or to a parameter, each place of which is about one thing. */
export const isInSchema = ({ pointer }: Pick<Divergence, "pointer">): boolean =>
  /^\/components\/(schemas|parameters)\/[^/]+\/./.test(pointer) || /\/schema\/.|\/parameters$/.test(pointer)

const comparing = new Set(["structure", "coverage", "revision"])

/** Whether a check compares what is declared; the others find by values what such a check says in general. */
export const compares = (check: string): boolean => comparing.has(check)

interface Row {
  readonly check: string
  readonly divergences: ReadonlyArray<Divergence>
}

/** The facts of a run, in the order they were found in. */
export const of = (rows: ReadonlyArray<Row>): ReadonlyArray<Fact> => {
  const all = rows.flatMap(({ check, divergences }) => divergences.map((divergence) => ({ check, divergence })))
  // What is accepted and what is not are told apart.
  const marked = (key: string, { accepted, expired }: Divergence) => `${key} | ${accepted ?? ""} | ${expired ?? ""}`
  const declared = new Map<string, string>()
  for (const { check, divergence } of all) {
    const place = marked(placeOf(divergence), divergence)
    if (compares(check) && isInSchema(divergence) && !declared.has(place)) {
      declared.set(place, marked(key(divergence), divergence))
    }
  }
  const groups = Map.groupBy(all, ({ check, divergence }) => {
    const own = marked(key(divergence), divergence)
    return compares(check) ? own : (declared.get(marked(placeOf(divergence), divergence)) ?? own)
  })
  return [...groups.values()].flatMap((members) => {
    const told = members.find(({ check }) => compares(check)) ?? members[0]
    if (told === undefined) return []
    const { divergence } = told
    const shown = members.find(({ divergence }) => divergence.counterexample !== undefined)?.divergence
    const { counterexample, curl, replay } = shown ?? divergence
    const touches = members.map(({ check, divergence: { method, operation } }): Touched => ({
      operation,
      check,
      ...(method === undefined ? undefined : { method })
    }))
    const fact: Fact = {
      divergence: {
        ...divergence,
        ...(counterexample === undefined ? undefined : { counterexample }),
        ...(replay === undefined ? undefined : { replay }),
        ...(curl === undefined ? undefined : { curl })
      },
      touches: [...new Map(touches.map((one) => [`${one.operation} | ${one.check}`, one])).values()],
      members: members.map(({ divergence }) => divergence),
      also: [...new Set(members.map(({ divergence }) => divergence.message))].filter(
        (one) => one !== divergence.message
      )
    }
    return [fact]
  })
}

/** The operations a fact touches. */
export const operationsOf = ({
  touches
}: {
  readonly touches: ReadonlyArray<Pick<Touched, "operation">>
}): ReadonlyArray<string> => [...new Set(touches.map(({ operation }) => operation))]
