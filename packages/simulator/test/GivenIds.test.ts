/** Records that are given with ids: what names them, names these. */
import * as SimulatorModule from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"

const { Simulator, defaultCounts } = SimulatorModule

const each = 4
// An event is told from others by no id.
const names = Object.keys(defaultCounts).filter((name) => name !== "events") as ReadonlyArray<SimulatorModule.Resource>
/** Ids of what is no record here. */
const others = new Set(["companies.plan.id", "tickets.ticket_id", "dataAttributes.admin_id"])
const counts = Object.fromEntries(names.map((name) => [name, each]))

const all = (options: SimulatorModule.Options) =>
  Simulator.use(({ records }) =>
    Effect.forEach([...names, "conversationDetails" as const], (name) =>
      Effect.map(
        Stream.runCollect(records(name)),
        (texts) => [name, texts.map((text): unknown => JSON.parse(text))] as const
      )
    )
  ).pipe(Effect.provide(Simulator.layerClient(options)))

/** The ids a value names, and the strings in it, each with its place. */
const textsOf = (
  value: unknown,
  place: string
): ReadonlyArray<readonly [place: string, text: string, isId: boolean]> => {
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item, place))
  if (Predicate.isObject(value)) {
    return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${place}.${key}`))
  }
  return value === null ? [] : [[place, String(value), /(^|[._])ids?$/.test(place)]]
}

describe("ids that are given", () => {
  it.effect("are those by which other records, and URLs, name the records", () =>
    Effect.gen(function* () {
      const before = new Map<string, string>()
      const given: { [name: string]: ReadonlyArray<{ readonly id: string }> } = {}
      let next = 990_000
      for (const [name, records] of yield* all(counts)) {
        if (name === "conversationDetails") continue
        given[name] = records.map((record) => {
          const id = Predicate.isObject(record) && "id" in record ? String(record.id) : undefined
          if (id !== undefined) before.set(id, name)
          return { id: String(next++) }
        })
      }
      assert.isAbove(before.size, 80)
      const stale = (yield* all({ ...counts, ...given })).flatMap(([name, records]) =>
        textsOf(records, name).flatMap(([place, text, isId]) => {
          if (others.has(place)) return []
          const of = isId
            ? before.get(text)
            : text.split(/[^\w-]/).flatMap((word) => (word.length > 5 ? (before.get(word) ?? []) : []))[0]
          return of === undefined ? [] : [`${place} names ${of} ${text}`]
        })
      )
      assert.deepStrictEqual([...new Set(stale)], [])
    })
  )
})
