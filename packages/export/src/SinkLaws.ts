/**
 * The rules of a sink (see `Sink.ts`) as laws, to run a sink of your own through, in any test framework.
 *
 * @example
 * ```ts
 * import { Json } from "@effect-intercom/core"
 * import { Memory, SinkLaws, type Table } from "@effect-intercom/export"
 * import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
 * import { it } from "@effect/vitest"
 * import { Effect, Layer, Ref } from "effect"
 *
 * const subject = Effect.map(Memory.makeStore, (store) => ({
 *   layer: Layer.provide(Memory.layer(store), NodeSha256.layer),
 *   records: (_: Table.Table, place: string) =>
 *     Effect.map(Ref.get(store), ({ finished }) =>
 *       (finished.get(place)?.records ?? []).map((line) => Json.parse(line) as Table.Received)
 *     ),
 *   quarantine: (table: Table.Table) => Effect.map(Ref.get(store), (state) => Memory.quarantine(state, table)),
 *   abandon: Ref.update(store, (state) => ({ ...state, locked: false }))
 * }))
 *
 * for (const { check, name } of SinkLaws.laws(subject)) it.effect(name, () => check)
 * ```
 */
import * as Json from "@effect-intercom/core/Json"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Reason } from "./ExportError.ts"
import * as Quarantine from "./Quarantine.ts"
import { type Batch, type Connection, type Kept, type Mode, type Output, type Receipt, Sink } from "./Sink.ts"
import * as Table from "./Table.ts"

/** A sink at a place that nothing was written to yet, and the means to see what it wrote. */
export interface Subject<out E = never, out R = never> {
  /** Built again for each export, as processes that follow one another would. */
  readonly layer: Layer.Layer<Sink, E, R>
  /** The records at a receipt's place: as received, or as far as the row of each has it. */
  readonly records: (table: Table.Table, place: string) => Effect.Effect<ReadonlyArray<Table.Received>, E, R>
  /** All quarantined records of a resource. */
  readonly quarantine: (table: Table.Table) => Effect.Effect<ReadonlyArray<Quarantine.Line>, E, R>
  /**
   * Makes the lock that is held look left behind, as it does when its process was suspended for long: the next export gets
   * it, while the one before believes to have it still.
   */
  readonly abandon: Effect.Effect<void, E, R>
}

/** What a sink did against a rule. */
export class Violation extends Schema.TaggedError<Violation>()("Violation", {
  law: Schema.String,
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/** A rule, and the check of it on a place of its own. */
export interface Law<out R> {
  readonly name: string
  readonly check: Effect.Effect<void, Violation, R>
}

// ---------------------------------------------------------------------------------------------------------------------
// what is written
// ---------------------------------------------------------------------------------------------------------------------

const nullish = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const open = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])

const Thing = open({
  type: Schema.Literal("thing"),
  id: Schema.String,
  owner: nullish(Schema.Union([Schema.String, Schema.Finite])),
  name: nullish(Schema.String),
  count: nullish(Schema.Int),
  ratio: nullish(Schema.Finite),
  flag: nullish(Schema.Boolean),
  tags: nullish(Schema.Array(Schema.String)),
  place: nullish(open({ city: nullish(Schema.String), spot: nullish(open({ x: nullish(Schema.Finite) })) }))
})

/** A table with a key and columns of every kind. */
export const things = Table.fromSchema("things", Thing, { key: "id" })

/** A table without a key. */
export const happenings = Table.fromSchema("happenings", open({ name: Schema.String, at: nullish(Schema.Int) }), {
  key: null
})

const thing = (id: number, fields: Table.Received = {}): Table.Received => ({
  type: "thing",
  // Of one length: databases and JavaScript sort them alike.
  id: `t${String(id).padStart(6, "0")}`,
  name: `Thing ${id}`,
  ...fields
})

const many = (count: number, from = 0): ReadonlyArray<Table.Received> =>
  Array.from({ length: count }, (_, index) => numbered(from + index))

const numbered = (id: number) =>
  thing(id, { count: id, ratio: id / 3, flag: id % 2 === 0, place: { city: `City ${id % 7}` } })

const happening = (at: number): Table.Received => ({ name: `h${at % 3}`, at, extra: { at } })

const parsed = (text: string): Table.Received => Json.parse(text) as Table.Received

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}-0${"}".repeat(depth)}`

/** Numbers that JavaScript has no room for. */
const numbers = [
  "9007199254740993",
  "-123456789012345678901234567890",
  "1e400",
  "-1E-400",
  "-0",
  "0.12345678901234567890"
]

/** The record with an id: a copy would not have the digits of its numbers. */
const withId = (id: number, fields: Table.Received): Table.Received => {
  const record: Record<string, unknown> = { ...thing(id), ...fields }
  for (const name of Object.keys(fields)) Json.copyDigits(fields, name, record)
  return record
}

/** Records that are hard to keep. */
const oddities: ReadonlyArray<Table.Received> = [
  {},
  { name: null, owner: null, count: null, ratio: null, flag: null, tags: null, place: null },
  { name: "", owner: "", tags: [], place: {} },
  { name: "Zoë Ünïcödé \u{1f600} \u2028\u2029 \u202e \ufeff", tags: ["日本語", "\u{10ffff}"] },
  { name: "quote \" comma , semicolon ; tab \t line \n return \r both \r\n backslash \\ apostrophe '" },
  { name: "=1+1", owner: "+1", tags: ["-1", "@x"] },
  { name: "null", owner: "NULL", tags: ["\\N", "true", "{}"] },
  { name: " spaces around ", owner: "  " },
  { name: "lone \ud800 surrogate", tags: ["\udfff"] },
  { name: "NUL \0 and \u0001 controls \u007f", tags: ["\0"] },
  { name: "x".repeat(1_000_000) },
  { owner: 12345, place: { city: 8000 } },
  { owner: "12345" },
  // Drift: a key is a number where a string is expected, and digits of it are all that tells it apart.
  { id: 7 },
  parsed(`{"id":9007199254740993}`),
  parsed(`{"id":9007199254740995,"type":5,"name":[],"place":[{"city":1}]}`),
  { count: Number.MAX_SAFE_INTEGER, ratio: Number.MAX_VALUE },
  { count: Number.MIN_SAFE_INTEGER, ratio: Number.MIN_VALUE },
  { count: -1, ratio: 0.1, place: { spot: { x: -1.5e-10 } } },
  { count: 0, ratio: 0, flag: false },
  { count: 2 ** 60, flag: "yes", tags: "none", place: "nowhere" },
  { place: { city: null, spot: { x: null } } },
  { place: { city: "c", spot: { x: 1, y: [null, { z: "\ud800" }] }, zip: "1" } },
  { unknown: 1, another: { deep: [[[]], {}] }, "": "empty name", "a.b": 1, a__b: 2, 'q"': 3 },
  parsed(`{"__proto__":{"polluted":true},"constructor":1,"toString":2}`),
  ...numbers.flatMap((digits) => [
    parsed(`{"owner":${digits},"count":${digits},"ratio":${digits},"flag":${digits},"tags":${digits}}`),
    parsed(`{"tags":[${digits}],"place":{"city":${digits},"spot":{"x":${digits}},"zip":${digits}}}`),
    parsed(`{"unknown":${digits},"another":{"deep":[{"n":${digits}}]}}`)
  ]),
  parsed(nested(900))
].map((fields, index) => withId(index, fields))

const quarantined = (resource: string, id: number): Quarantine.Line => ({
  resource,
  error: {
    message: "Things.list: the record does not fit its schema",
    mismatches: [{ path: "id", expected: "string", actual: String(id) }]
  },
  record: { type: "thing", id, name: "\ud800 \0 \u{1f600}" }
})

const batch = (records: ReadonlyArray<Table.Received>, rest: Partial<Batch> = {}): Batch => ({
  records,
  quarantined: [],
  ...rest
})

const checkpoint = (at: number) => JSON.stringify({ at, cursor: `ünïcödé "${at}" \u{1f600}` })

// ---------------------------------------------------------------------------------------------------------------------
// how it is compared
// ---------------------------------------------------------------------------------------------------------------------

/** JSON with sorted keys: equal for equal values. */
const text = (value: unknown): string => (value === undefined ? "undefined" : Json.stringify(value, { sorted: true }))

const short = (value: unknown): string => {
  const whole = text(value)
  return whole.length > 400 ? `${whole.slice(0, 400)}… (${whole.length} characters)` : whole
}

class Broken extends Schema.TaggedError<Broken>()("Broken", { message: Schema.String }) {}

const same = (what: string, found: unknown, expected: unknown): Effect.Effect<void, Broken> =>
  text(found) === text(expected)
    ? Effect.void
    : Effect.fail(new Broken({ message: `${what}: found ${short(found)}, expected ${short(expected)}` }))

const holds = (condition: boolean, message: string): Effect.Effect<void, Broken> =>
  condition ? Effect.void : Effect.fail(new Broken({ message }))

/** As a sink may know them: what the rows have; in the order of the key, where there is one. */
const rows = (table: Table.Table, records: ReadonlyArray<Table.Received>): ReadonlyArray<unknown> => {
  const rowOf = Table.rowOf(table)
  const all = records.map((record) => {
    const { rest, values } = rowOf(record)
    // Not as the text it is: the order of its keys is free.
    return { values, rest: rest === null ? null : Json.parse(rest) }
  })
  const key = table.columns.findIndex(({ name }) => name === table.key)
  const byKey = (row: (typeof all)[number]) => String(row.values[key])
  return key < 0 ? all : all.toSorted((a, b) => (byKey(a) < byKey(b) ? -1 : 1))
}

// ---------------------------------------------------------------------------------------------------------------------
// the laws
// ---------------------------------------------------------------------------------------------------------------------

type Failure = Broken | Reason

/** A place, and what can be done with it. */
interface Bench {
  /** One export, from taking the lock to giving it back. */
  readonly session: <A, E>(
    use: (connection: Connection) => Effect.Effect<A, E | Failure, Scope.Scope>
  ) => Effect.Effect<A, E | Failure>
  /** A session in which one output is open. */
  readonly writing: <A, E>(
    table: Table.Table,
    mode: Mode,
    use: (output: Output, connection: Connection) => Effect.Effect<A, E | Failure, Scope.Scope>
  ) => Effect.Effect<A, E | Failure>
  /** Several exports under one layer, as of a process that lives on. */
  readonly sessions: <A, E>(
    use: (session: Bench["session"]) => Effect.Effect<A, E | Failure>
  ) => Effect.Effect<A, E | Failure>
  readonly abandon: Effect.Effect<void, Failure>
  readonly inspect: <A, E>(
    use: (connection: Pick<Connection, "read" | "peek" | "audit">) => Effect.Effect<A, E | Failure, Scope.Scope>
  ) => Effect.Effect<A, E | Failure>
  /** Fails unless these are the records at a place. */
  readonly holdsRecords: (
    table: Table.Table,
    place: string,
    expected: ReadonlyArray<Table.Received>
  ) => Effect.Effect<void, Failure>
  readonly recordsAt: (table: Table.Table, place: string) => Effect.Effect<ReadonlyArray<Table.Received>, Failure>
  readonly quarantineOf: (table: Table.Table) => Effect.Effect<ReadonlyArray<Quarantine.Line>, Failure>
  /** Fails unless these are the resource's quarantined records. */
  readonly holdsQuarantine: (
    table: Table.Table,
    expected: ReadonlyArray<Quarantine.Line>
  ) => Effect.Effect<void, Failure>
}

const benchOf = <E, R>(subject: Subject<E, R>): Effect.Effect<Bench, never, R> =>
  Effect.map(Effect.context<R>(), (context) => {
    const broken = (error: E) => new Broken({ message: String(error) })
    const sink = subject.layer.pipe(Layer.catch((error) => Layer.effectContext(Effect.fail(broken(error)))))
    const within = <A, E2>(effect: Effect.Effect<A, E2, Sink | Scope.Scope>): Effect.Effect<A, E2 | Broken> =>
      Effect.scoped(effect).pipe(Effect.provide(Layer.fresh(sink)), Effect.provideContext(context))
    const see = <A>(effect: Effect.Effect<A, E, R>) => Effect.mapError(Effect.provideContext(effect, context), broken)
    const session: Bench["session"] = (use) =>
      within(
        Effect.flatMap(
          Sink.use(({ connect }) => connect),
          use
        )
      )
    const sessions: Bench["sessions"] = (use) =>
      Effect.flatMap(Sink, ({ connect }) => use((use) => Effect.scoped(Effect.flatMap(connect, use)))).pipe(
        Effect.provide(Layer.fresh(sink)),
        Effect.provideContext(context)
      )
    const recordsAt: Bench["recordsAt"] = (table, place) => see(subject.records(table, place))
    const quarantineOf: Bench["quarantineOf"] = (table) => see(subject.quarantine(table))
    return {
      session,
      sessions,
      abandon: see(subject.abandon),
      writing: (table, mode, use) =>
        session((connection) => Effect.flatMap(connection.open(table, mode), (output) => use(output, connection))),
      inspect: (use) =>
        within(
          Effect.flatMap(
            Sink.use(({ inspect }) => inspect),
            use
          )
        ),
      recordsAt,
      quarantineOf,
      holdsRecords: (table, place, expected) =>
        Effect.flatMap(recordsAt(table, place), (found) =>
          same(`the records of ${place}`, rows(table, found), rows(table, expected))
        ),
      holdsQuarantine: (table, expected) =>
        Effect.flatMap(quarantineOf(table), (found) =>
          same(`the quarantine of ${table.name}`, sortedTexts(found), sortedTexts(expected))
        )
    } satisfies Bench
  })

const sortedTexts = (values: ReadonlyArray<unknown>) => values.map(text).toSorted()

/** An export that is not disturbed. */
const complete = (
  { writing }: Bench,
  records: ReadonlyArray<Table.Received>,
  options: {
    readonly table?: Table.Table
    readonly mode?: Mode
    readonly name?: string
    readonly quarantined?: ReadonlyArray<Quarantine.Line>
  } = {}
): Effect.Effect<Receipt, Failure> => {
  const { mode = "replace", quarantined = [], table = things } = options
  return writing(table, mode, (output) =>
    Effect.gen(function* () {
      yield* output.commit({ records, quarantined }, () => checkpoint(1))
      const receipt = yield* output.finish(options.name ?? table.name)
      yield* output.forget
      return receipt
    })
  )
}

/** How an export went: batches of so many records, and what happened after, or during, each. */
type History = ReadonlyArray<{
  readonly size: number
  readonly fate: "nothing" | "stop" | "kill"
  readonly after: number
}>

const histories: Arbitrary.Arbitrary<History> = Arbitrary.array(
  Arbitrary.schema(
    Schema.Struct({
      size: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })),
      fate: Schema.Literals(["nothing", "stop", "kill"]),
      after: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))
    })
  ),
  { minLength: 1, maxLength: 6 }
)

/** Resumes from the checkpoint until all is written; what it says of the progress is what it then relies on. */
const live = (bench: Bench, history: History, records: ReadonlyArray<Table.Received>) =>
  Effect.gen(function* () {
    let step = 0
    const left: Array<History[number]> = [...history, { size: records.length, fate: "nothing", after: 0 }]
    while (true) {
      const receipt = yield* bench.writing(things, "replace", (output) =>
        Effect.gen(function* () {
          let written = progress(output.checkpoint)
          while (written < records.length || step === 0) {
            step += 1
            const { after, size, fate } = left.shift() ?? { size: records.length, fate: "nothing", after: 0 }
            const part = records.slice(written, written + size)
            const lines = part.flatMap((_, index) =>
              (written + index) % 5 === 0 ? [quarantined("things", written + index)] : []
            )
            const commit = output.commit(batch(part, { quarantined: lines }), () => checkpoint(written + part.length))
            if (fate === "kill") {
              const fiber = yield* Effect.forkChild(commit)
              yield* Effect.forEach(Array.from({ length: after }), () => Effect.yieldNow, { discard: true })
              yield* Fiber.interrupt(fiber)
              return undefined
            }
            yield* commit
            written += part.length
            if (fate === "stop") return undefined
          }
          const receipt = yield* output.finish("things")
          yield* output.forget
          return receipt
        })
      )
      if (receipt !== undefined) return receipt
    }
  })

const progress = (checkpoint: string | undefined): number =>
  checkpoint === undefined ? 0 : (JSON.parse(checkpoint) as { readonly at: number }).at

/** What an export does that lost its lock, once it continues. */
const stale: Readonly<
  Record<string, (output: Output, connection: Connection) => Effect.Effect<unknown, Failure, Scope.Scope>>
> = {
  commits: (output) =>
    output.commit(batch(many(4, 700), { quarantined: [quarantined("things", 7)] }), () => checkpoint(7)),
  "starts over": (output) => output.commit(batch(many(4, 700), { startOver: true }), () => checkpoint(7)),
  finishes: (output) => output.finish("things"),
  "writes a document": (_, { write }) => write("manifest", `{"by":"the one before"}`),
  "opens another output": (_, { open }) =>
    Effect.flatMap(open(happenings, "replace"), (output) => output.commit(batch([happening(7)]), () => checkpoint(7))),
  forgets: (output) => output.forget,
  discards: (_, { discard }) => discard(things)
}

const rules: Readonly<Record<string, (bench: Bench, histories: number) => Effect.Effect<unknown, Failure>>> = {
  "a new output has no checkpoint": (bench) =>
    bench.writing(things, "replace", (output, { peek }) =>
      Effect.gen(function* () {
        yield* same("the checkpoint", output.checkpoint, undefined)
        yield* same("what peek sees", yield* peek(things), undefined)
      })
    ),

  "a commit keeps the checkpoint, for the next export and for those who look": (bench) =>
    Effect.gen(function* () {
      yield* bench.writing(things, "replace", (output) => output.commit(batch(many(3)), () => checkpoint(1)))
      yield* bench.writing(things, "replace", (output, { peek }) =>
        Effect.gen(function* () {
          yield* same("the checkpoint", output.checkpoint, checkpoint(1))
          yield* output.commit(batch(many(2, 3)), () => checkpoint(2))
          yield* same("what peek sees", yield* peek(things), checkpoint(2))
        })
      )
      yield* bench.inspect(({ peek }) =>
        Effect.flatMap(peek(things), (found) => same("what peek sees without a lock", found, checkpoint(2)))
      )
      const receipt = yield* bench.writing(things, "replace", (output) => output.finish("things"))
      yield* bench.holdsRecords(things, receipt.place, many(5))
    }),

  "what was not committed is not kept": (bench) =>
    Effect.gen(function* () {
      yield* bench.writing(things, "replace", () => Effect.void)
      yield* bench.writing(things, "replace", (output) => same("the checkpoint", output.checkpoint, undefined))
    }),

  "an export that was stopped or killed at any point resumes, and ends as if nothing had been": (bench, count) =>
    Effect.gen(function* () {
      const records = many(12)
      const lines = [0, 5, 10].map((id) => quarantined("things", id))
      const undisturbed = yield* complete(bench, records, { quarantined: lines })
      // Drawn from a fixed seed: a sink is judged the same each time.
      const drawn = yield* Effect.orDie(Arbitrary.sampleEffect(histories, { count, seed: 1 }))
      yield* Effect.forEach(drawn, (history) =>
        Effect.gen(function* () {
          const receipt = yield* live(bench, history, records)
          yield* same(`the receipt after ${text(history)}`, receipt, undisturbed)
          yield* bench.holdsRecords(things, receipt.place, records)
          yield* bench.holdsQuarantine(things, lines)
        })
      )
    }),

  "what is finished is read back, by a sink that can": (bench) =>
    Effect.gen(function* () {
      const identityOf = Table.identity(things)
      const given = [...oddities, ...many(130, 1000)]
      const receipt = yield* complete(bench, given)
      yield* bench.session(({ records }) =>
        records === undefined
          ? Effect.void
          : Effect.flatMap(Stream.runCollect(records(things, receipt.place, [things.key ?? "id"])), (found) =>
              same("the keys that are read back", found.map(identityOf).toSorted(), given.map(identityOf).toSorted())
            )
      )
    }),

  "the split into batches does not matter": (bench) =>
    Effect.gen(function* () {
      const records = [...oddities, ...many(130, 1000)]
      const whole = yield* complete(bench, records)
      for (const size of [1, 7, 100]) {
        const receipt = yield* bench.writing(things, "replace", (output) =>
          Effect.gen(function* () {
            for (let at = 0; at < records.length; at += size) {
              yield* output.commit(batch(records.slice(at, at + size)), () => checkpoint(at))
            }
            const receipt = yield* output.finish("things")
            yield* output.forget
            return receipt
          })
        )
        yield* same(`the receipt for batches of ${size}`, receipt, whole)
      }
      yield* bench.holdsRecords(things, whole.place, records)
    }),

  "what was committed is given back when the output is opened again, before it grows": (bench) =>
    Effect.gen(function* () {
      const lines = [quarantined("things", 1), quarantined("things", 2)]
      const records = [...oddities, ...many(130, 1000)]
      const written = ({ written }: Output) =>
        Effect.all([Stream.runCollect(written.records), Stream.runCollect(written.quarantined)])
      const commits: ReadonlyArray<Batch> = [
        batch(many(3, 5000), { quarantined: [quarantined("things", 7)] }),
        batch(records.slice(0, 40), { startOver: true, quarantined: lines.slice(0, 1) }),
        batch(records.slice(40), { quarantined: lines.slice(1) })
      ]
      yield* bench.writing(things, "replace", (output) =>
        Effect.gen(function* () {
          yield* same("what a new output holds", yield* written(output), [[], []])
          for (const one of commits) yield* output.commit(one, () => checkpoint(1))
        })
      )
      yield* bench.writing(things, "replace", (output) =>
        Effect.gen(function* () {
          const [found, apart] = yield* written(output)
          yield* same("the records", rows(things, found), rows(things, records))
          yield* same("the quarantined records", sortedTexts(apart), sortedTexts(lines))
          yield* output.commit(batch(many(1, 9000)), () => checkpoint(2))
        })
      )
      const receipt = yield* bench.writing(things, "replace", (output) => output.finish("things"))
      yield* bench.holdsRecords(things, receipt.place, [...records, ...many(1, 9000)])
    }),

  "every record of a batch is counted: kept, merged with one of its key, or set aside": (bench) =>
    Effect.gen(function* () {
      // Twice in a batch, in two batches, and with keys that not every sink can have.
      const batches = [
        [...many(4), ...many(1, 3), { ...thing(900), id: "t\0" }],
        [...many(3, 2), { ...thing(901), id: "\ud800" }, { ...thing(902), id: null }]
      ]
      const { kept, receipt } = yield* bench.writing(things, "replace", (output) =>
        Effect.gen(function* () {
          const kept = yield* Effect.forEach(batches, (records) =>
            Effect.gen(function* () {
              let told: Kept | undefined
              const given = yield* output.commit(batch(records), (kept) => {
                told = kept
                return checkpoint(1)
              })
              yield* same("what the checkpoint is made of", told, given)
              const { merged, records: added, setAside } = given
              yield* same("the count of the batch", added + merged + setAside.length, records.length)
              return given
            })
          )
          const receipt = yield* output.finish("things")
          yield* output.forget
          return { kept, receipt }
        })
      )
      yield* same(
        "the records it tells of",
        kept.reduce((sum, { records }) => sum + records, 0),
        receipt.records
      )
      const apart = kept.flatMap(({ setAside }) => setAside)
      yield* same("the quarantined records", receipt.quarantined, apart.length)
      yield* bench.holdsQuarantine(things, apart)
    }),

  "a record in the quarantine counts once, however often it was met": (bench) =>
    Effect.gen(function* () {
      const keyless: Quarantine.Line = { ...quarantined("things", 1), record: { name: "no key" } }
      const later = { ...quarantined("things", 1), error: { message: "another reason", mismatches: [] } }
      yield* complete(bench, many(2), { quarantined: [quarantined("things", 1), quarantined("things", 2), keyless] })
      for (const name of ["things-2", "things-3"]) {
        const { place, quarantined: count } = yield* complete(bench, [], {
          mode: "merge",
          name,
          quarantined: [later, keyless]
        })
        yield* same("the count", count, 3)
        const audited = yield* bench.inspect(({ audit }) => audit(things, place))
        yield* same("the count of an audit", audited.quarantined, 3)
        // A sink may keep every line; of those about one record the last stands.
        const lines = yield* bench.quarantineOf(things)
        const standing = new Map(lines.map((line) => [Quarantine.identity(line.record, things.key), line]))
        yield* same(
          "the quarantined records",
          sortedTexts([...standing.values()]),
          sortedTexts([later, quarantined("things", 2), keyless])
        )
      }
    }),

  "an output of nothing can be finished": (bench) =>
    Effect.gen(function* () {
      for (const commits of [0, 1]) {
        const receipt = yield* bench.writing(things, "replace", (output, { audit }) =>
          Effect.gen(function* () {
            if (commits > 0) yield* output.commit(batch([]), () => checkpoint(1))
            const receipt = yield* output.finish("things")
            yield* output.forget
            yield* same("the audit", yield* audit(things, receipt.place), receipt)
            return receipt
          })
        )
        yield* same("its records", [receipt.records, receipt.quarantined], [0, 0])
        yield* bench.holdsRecords(things, receipt.place, [])
      }
    }),

  "finishing and forgetting twice does what once does, in the next export too": (bench) =>
    Effect.gen(function* () {
      const lines = { replace: [quarantined("things", 1)], merge: [quarantined("things", 2)] }
      for (const mode of ["replace", "merge"] as const) {
        const expected = yield* bench.writing(things, mode, (output) =>
          Effect.gen(function* () {
            yield* output.commit(batch(many(4), { quarantined: lines[mode] }), () => checkpoint(1))
            return yield* output.finish(`things-${mode}`)
          })
        )
        for (let again = 0; again < 2; again++) {
          yield* bench.writing(things, mode, (output, { peek }) =>
            Effect.gen(function* () {
              yield* same("the checkpoint of a finished output", output.checkpoint, checkpoint(1))
              yield* same("what peek sees of it", yield* peek(things), checkpoint(1))
              yield* same("the receipt", yield* output.finish(`things-${mode}`), expected)
              yield* same("the receipt, at once again", yield* output.finish(`things-${mode}`), expected)
            })
          )
        }
        yield* bench.writing(things, mode, (output, { peek }) =>
          Effect.gen(function* () {
            yield* output.forget
            yield* output.forget
            yield* same("what peek sees of a forgotten one", yield* peek(things), undefined)
          })
        )
        yield* bench.holdsRecords(things, expected.place, many(4))
        const all = mode === "replace" ? lines.replace : [...lines.replace, ...lines.merge]
        yield* same("the quarantined records", expected.quarantined, all.length)
        yield* bench.holdsQuarantine(things, all)
        yield* bench.session(({ audit }) =>
          Effect.flatMap(audit(things, expected.place), (found) => same("the audit", found, expected))
        )
      }
    }),

  "a walk that starts over leaves nothing of what came before": (bench) =>
    Effect.gen(function* () {
      const expected = yield* complete(bench, many(3, 100), { quarantined: [quarantined("things", 7)] })
      const fresh = batch(many(3, 100), { quarantined: [quarantined("things", 7)], startOver: true })
      const stale = batch(many(400), { quarantined: [quarantined("things", 1), quarantined("things", 2)] })
      const histories: ReadonlyArray<ReadonlyArray<Batch>> = [
        [fresh],
        [stale, fresh],
        [stale, batch(many(1, 500)), fresh],
        [stale, batch([], { startOver: true }), batch(fresh.records, { quarantined: fresh.quarantined })]
      ]
      for (const history of histories) {
        for (const reopened of [false, true]) {
          const commits = history.map(
            (batch, index) => (output: Output) => output.commit(batch, () => checkpoint(index))
          )
          const finish = (output: Output) => Effect.tap(output.finish("things"), () => output.forget)
          if (reopened) yield* Effect.forEach(commits, (commit) => bench.writing(things, "replace", commit))
          const receipt = yield* bench.writing(things, "replace", (output) =>
            Effect.andThen(reopened ? Effect.void : Effect.forEach(commits, (commit) => commit(output)), finish(output))
          )
          yield* same("the receipt", receipt, expected)
          yield* bench.holdsRecords(things, receipt.place, fresh.records)
          yield* bench.holdsQuarantine(things, fresh.quarantined)
        }
      }
    }),

  "what an output replaces stays until it is finished": (bench) =>
    Effect.gen(function* () {
      const before = yield* complete(bench, many(5), { quarantined: [quarantined("things", 1)] })
      const after = yield* bench.writing(things, "replace", (output, { audit }) =>
        Effect.gen(function* () {
          yield* output.commit(batch(many(2, 3), { quarantined: [quarantined("things", 2)] }), () => checkpoint(1))
          yield* same("the audit meanwhile", yield* audit(things, before.place), before)
          yield* bench.holdsRecords(things, before.place, many(5))
          yield* bench.holdsQuarantine(things, [quarantined("things", 1)])
          return yield* output.finish("things")
        })
      )
      yield* same("the place", after.place, before.place)
      yield* bench.holdsRecords(things, after.place, many(2, 3))
      yield* bench.holdsQuarantine(things, [quarantined("things", 2)])
    }),

  "what is merged is added, and takes the place of records with its keys": (bench) =>
    Effect.gen(function* () {
      const changed = many(4, 3).map((record) => ({ ...record, name: "changed", extra: [record["id"]] }))
      const first = yield* complete(bench, many(5), { quarantined: [quarantined("things", 1)] })
      const second = yield* complete(bench, changed, {
        mode: "merge",
        name: "things-2",
        quarantined: [quarantined("things", 2)]
      })
      // Two files, or one table.
      const places = [...new Set([first.place, second.place])]
      const found = yield* Effect.forEach(places, (place) => bench.recordsAt(things, place))
      const byKey = (records: ReadonlyArray<Table.Received>) => [
        ...new Map(records.map((record) => [record["id"], record])).values()
      ]
      yield* same("the records", rows(things, byKey(found.flat())), rows(things, byKey([...many(5), ...changed])))
      yield* same("the quarantined records", second.quarantined, 2)
      yield* bench.holdsQuarantine(things, [quarantined("things", 1), quarantined("things", 2)])
    }),

  "what is exported whole again leaves what was added at places of their own, which a manifest still names": (bench) =>
    Effect.gen(function* () {
      const whole = yield* complete(bench, many(5), { quarantined: [quarantined("things", 1)] })
      const added = yield* complete(bench, many(2, 4), {
        mode: "merge",
        name: "things-2",
        quarantined: [quarantined("things", 2)]
      })
      const again = yield* complete(bench, many(3), { quarantined: [quarantined("things", 3)] })
      yield* same("the place", again.place, whole.place)
      yield* bench.holdsRecords(things, again.place, many(3))
      yield* bench.holdsQuarantine(things, [quarantined("things", 3)])
      // A table has them all.
      if (added.place === whole.place) return
      yield* bench.holdsRecords(things, added.place, many(2, 4))
      const { records, sha256 } = yield* bench.inspect(({ audit }) => audit(things, added.place))
      yield* same("the audit", [records, sha256], [added.records, added.sha256])
    }),

  "records without a key are merged too": (bench) =>
    Effect.gen(function* () {
      const all = [1, 2, 2, 3].map(happening)
      const first = yield* complete(bench, all, { table: happenings })
      yield* bench.holdsRecords(happenings, first.place, all)
      const second = yield* complete(bench, [4, 1].map(happening), {
        table: happenings,
        mode: "merge",
        name: "happenings-2"
      })
      const places = [...new Set([first.place, second.place])]
      const found = yield* Effect.forEach(places, (place) => bench.recordsAt(happenings, place))
      yield* same("the records", sortedTexts(found.flat()), sortedTexts([...all, ...[4, 1].map(happening)]))
    }),

  "quarantined records are kept apart, as received, for each resource": (bench) =>
    Effect.gen(function* () {
      const odd = [`{"id":5,"n":[${numbers.join()}]}`, nested(6_000), `"text"`].map((record): Quarantine.Line => ({
        ...quarantined("things", 2),
        record: Json.parse(record)
      }))
      const lines = [quarantined("things", 1), ...odd]
      const others = [quarantined("happenings", 1)]
      yield* same("those in the receipt", (yield* complete(bench, many(2), { quarantined: lines })).quarantined, 4)
      const other = yield* complete(bench, [happening(1)], { table: happenings, quarantined: others })
      yield* same("those in the other receipt", other.quarantined, 1)
      yield* bench.holdsQuarantine(things, lines)
      yield* bench.holdsQuarantine(happenings, others)
      const again = yield* complete(bench, many(4))
      yield* same("those after an export without any", again.quarantined, 0)
      yield* bench.holdsQuarantine(things, [])
      yield* bench.holdsQuarantine(happenings, others)
      yield* bench.holdsRecords(things, again.place, many(4))
    }),

  "odd records come back": (bench) =>
    Effect.gen(function* () {
      const receipt = yield* complete(bench, oddities)
      yield* same("the count", receipt.records, oddities.length)
      yield* bench.holdsRecords(things, receipt.place, oddities)
    }),

  "an audit finds what was finished, and fails where nothing is": (bench) =>
    Effect.gen(function* () {
      const missing = yield* Effect.result(bench.session(({ audit }) => audit(things, "things.none")))
      yield* holds(missing._tag === "Failure", "the audit of nothing succeeds")
      const receipt = yield* complete(bench, many(20), { quarantined: [quarantined("things", 3)] })
      // Its place comes from a manifest, which anybody may have written to.
      for (const place of [`../${receipt.place}`, `./${receipt.place}`, `/${receipt.place}`, "..", ""]) {
        const astray = yield* Effect.result(bench.session(({ audit }) => audit(things, place)))
        yield* holds(astray._tag === "Failure", `the audit of ${JSON.stringify(place)} succeeds`)
      }
      yield* holds(/^[0-9a-f]{64}$/.test(receipt.sha256), `${receipt.sha256} is not a SHA-256`)
      yield* complete(bench, [happening(1)], { table: happenings, quarantined: [quarantined("happenings", 3)] })
      const audits = [
        yield* bench.session(({ audit }) => audit(things, receipt.place)),
        yield* bench.inspect(({ audit }) => audit(things, receipt.place))
      ]
      yield* Effect.forEach(audits, (found) => same("the audit", found, receipt))
    }),

  "a place is occupied once something is there": (bench) =>
    Effect.gen(function* () {
      const ask = bench.session(({ occupied }) => occupied(things, "things"))
      yield* same("an empty place", yield* ask, undefined)
      yield* complete(bench, many(1))
      yield* holds(((yield* ask) ?? "") !== "", "the place is not occupied after an export")
      const other = yield* bench.session(({ occupied }) => occupied(happenings, "happenings"))
      yield* same("the place of another resource", other, undefined)
    }),

  "an unfinished output can be dropped; what is finished stays": (bench) =>
    Effect.gen(function* () {
      const receipt = yield* complete(bench, many(3), { quarantined: [quarantined("things", 1)] })
      yield* bench.session(({ discard }) => discard(things))
      yield* bench.writing(things, "replace", (output) =>
        output.commit(batch(many(9), { quarantined: [quarantined("things", 2)] }), () => checkpoint(1))
      )
      yield* bench.session(({ discard, peek }) =>
        Effect.gen(function* () {
          yield* discard(things)
          yield* discard(things)
          yield* same("what peek sees", yield* peek(things), undefined)
        })
      )
      yield* bench.holdsRecords(things, receipt.place, many(3))
      yield* bench.holdsQuarantine(things, [quarantined("things", 1)])
      yield* bench.writing(things, "replace", (output) => same("the checkpoint", output.checkpoint, undefined))
      yield* same(
        "the receipt of another export",
        yield* complete(bench, many(3), { quarantined: [quarantined("things", 1)] }),
        receipt
      )
    }),

  "outputs that are open at once do not meet": (bench) =>
    Effect.gen(function* () {
      const receipts = yield* bench.session(({ open }) =>
        Effect.gen(function* () {
          const [one, other] = yield* Effect.all([open(things, "replace"), open(happenings, "replace")])
          for (let at = 0; at < 5; at++) {
            yield* Effect.all(
              [
                one.commit(batch(many(2, at * 2), { quarantined: [quarantined("things", at)] }), () => checkpoint(at)),
                other.commit(batch([happening(at)], { quarantined: [quarantined("happenings", at)] }), () =>
                  checkpoint(at)
                )
              ],
              { concurrency: "unbounded" }
            )
          }
          return yield* Effect.all([one.finish("things"), other.finish("happenings")], { concurrency: "unbounded" })
        })
      )
      yield* same(
        "the receipts",
        receipts.map(({ quarantined, records }) => [records, quarantined]),
        [
          [10, 5],
          [5, 5]
        ]
      )
      yield* bench.holdsRecords(things, receipts[0].place, many(10))
      yield* bench.holdsRecords(happenings, receipts[1].place, [0, 1, 2, 3, 4].map(happening))
      yield* bench.holdsQuarantine(
        things,
        [0, 1, 2, 3, 4].map((id) => quarantined("things", id))
      )
      yield* bench.holdsQuarantine(
        happenings,
        [0, 1, 2, 3, 4].map((id) => quarantined("happenings", id))
      )
    }),

  "documents are kept and replaced, whole": (bench) =>
    Effect.gen(function* () {
      yield* bench.session(({ read, write }) =>
        Effect.gen(function* () {
          yield* same("a document that was not written", yield* read("manifest"), undefined)
          yield* write("manifest", `{"a":"ünïcödé \u{1f600}"}\n`)
          yield* write("state", "x".repeat(300_000))
          yield* write("state", "{}")
        })
      )
      yield* bench.session(({ read }) =>
        Effect.gen(function* () {
          yield* same("the manifest", yield* read("manifest"), `{"a":"ünïcödé \u{1f600}"}\n`)
          yield* same("the state", yield* read("state"), "{}")
        })
      )
      const found = yield* bench.inspect(({ read }) => Effect.all([read("manifest"), read("other")]))
      yield* same("the documents without a lock", found, [`{"a":"ünïcödé \u{1f600}"}\n`, null])
    }),

  "it is locked while an export is connected, but can be looked at": (bench) =>
    Effect.gen(function* () {
      const receipt = yield* complete(bench, many(2))
      yield* bench.session(({ write }) =>
        Effect.gen(function* () {
          yield* write("manifest", "{}")
          const second = yield* Effect.result(bench.session(() => Effect.void))
          yield* holds(
            second._tag === "Failure" && second.failure._tag === "Locked",
            "a second export is not refused with the reason Locked"
          )
          const looked = yield* bench.inspect(({ audit, read }) =>
            Effect.all([read("manifest"), audit(things, receipt.place)])
          )
          yield* same("what is seen meanwhile", looked, ["{}", receipt])
        })
      )
      yield* bench.session(() => Effect.void)
    }),

  "exports follow one another under one layer: the lock lives as long as the export": (bench) =>
    bench.sessions((session) =>
      Effect.gen(function* () {
        const tokens: Array<number> = []
        const once = (records: ReadonlyArray<Table.Received>) =>
          session(({ open, token }) =>
            Effect.gen(function* () {
              tokens.push(token)
              const output = yield* open(things, "replace")
              yield* output.commit(batch(records), () => checkpoint(1))
              const second = yield* Effect.result(session(() => Effect.void))
              yield* holds(second._tag === "Failure", "a second export at the same time is not refused")
              const receipt = yield* output.finish("things")
              yield* output.forget
              return receipt
            })
          )
        for (const count of [3, 5, 2]) {
          const receipt = yield* once(many(count))
          yield* bench.holdsRecords(things, receipt.place, many(count))
        }
        // One that fails gives the lock back, too.
        yield* Effect.result(session(() => Effect.fail(new Broken({ message: "stopped" }))))
        // So does one whose layer is another.
        yield* bench.session(({ token }) => Effect.sync(() => void tokens.push(token)))
        yield* session(({ token }) => Effect.sync(() => void tokens.push(token)))
        yield* holds(
          tokens.every((token, index) => token > (tokens[index - 1] ?? 0)),
          `the tokens do not grow: ${tokens.join(", ")}`
        )
      })
    ),

  "an export that lost its lock writes nothing": (bench) =>
    Effect.gen(function* () {
      for (const end of ["unfinished", "finished", "connected"] as const) {
        const before = yield* complete(bench, many(2, 900), { quarantined: [quarantined("things", 9)] })
        const own = batch(many(3, 100), { quarantined: [quarantined("things", 1)] })
        const seen = bench.inspect(({ audit, peek, read }) =>
          Effect.all([read("manifest"), peek(things), peek(happenings), audit(things, before.place)])
        )
        yield* bench.writing(things, "replace", (output, connection) =>
          Effect.gen(function* () {
            yield* output.commit(batch(many(5)), () => checkpoint(1))
            yield* bench.abandon
            const goesOn = Effect.gen(function* () {
              const expected = yield* seen
              for (const [what, act] of Object.entries(stale)) {
                const told = `one that ${what} after another, now ${end}, took over`
                const result = yield* Effect.result(Effect.scoped(act(output, connection)))
                yield* holds(result._tag === "Failure", `${told} is not refused`)
                yield* same(`what is there after ${told}`, yield* seen, expected)
              }
            })
            yield* bench.session((connection) =>
              Effect.gen(function* () {
                yield* connection.discard(things)
                const output = yield* connection.open(things, "replace")
                yield* output.commit(own, () => checkpoint(2))
                yield* connection.write("manifest", `{"by":"the one after"}`)
                if (end === "finished") yield* Effect.andThen(output.finish("things"), output.forget)
                if (end === "connected") yield* goesOn
              })
            )
            if (end !== "connected") yield* goesOn
          })
        )
        const receipt = yield* end === "finished"
          ? bench.session(({ audit }) => audit(things, before.place))
          : bench.writing(things, "replace", (output) =>
              Effect.gen(function* () {
                yield* same("the checkpoint", output.checkpoint, checkpoint(2))
                return yield* Effect.tap(output.finish("things"), () => output.forget)
              })
            )
        yield* bench.holdsRecords(things, receipt.place, own.records)
        yield* bench.holdsQuarantine(things, own.quarantined)
      }
    })
}

/** How much the laws try. */
export interface Options {
  /**
   * How many exports are stopped and killed, each at points of its own; a smaller number is for a sink whose commits take
   * long, a larger one for one that is new.
   *
   * @default 25
   */
  readonly histories?: number | undefined
}

/** The laws, each to be checked on a new place that `make` gives. */
export const laws = <E, R, E2, R2>(
  make: Effect.Effect<Subject<E, R>, E2, R2>,
  { histories = 25 }: Options = {}
): ReadonlyArray<Law<Exclude<R | R2, Scope.Scope>>> =>
  Object.entries(rules).map(([name, rule]) => ({
    name,
    check: Effect.scoped(
      Effect.gen(function* () {
        const bench = yield* benchOf(yield* make)
        yield* rule(bench, histories)
      })
    ).pipe(
      Effect.mapError((error) => {
        const message = error instanceof Error ? error.message : String(error)
        return new Violation({ law: name, message, cause: error })
      })
    )
  }))
