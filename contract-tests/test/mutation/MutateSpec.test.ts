/** Mutants of the document: each operator makes another document, and a few of every kind are judged as they should be. */
import * as Document from "@effect-intercom/contract-tests/document/Document"
import * as Client from "@effect-intercom/contract-tests/subject/Client"
import * as MutateSpec from "@effect-intercom/contract-tests/mutation/MutateSpec"
import * as Mutants from "@effect-intercom/contract-tests/mutation/Mutants"
import * as Revision from "@effect-intercom/contract-tests/document/Revision"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as JsonPatch from "effect/JsonPatch"
import { edited, effective, intercom, services } from "../Subjects.ts"

const described = ({ class: wanted, found, mutant, verdict }: MutateSpec.Judged) =>
  `${verdict} ${wanted}: ${mutant.kind} ${mutant.operator} at #${mutant.pointer} | ${found[0]?.message ?? "nothing found"}`

const wanted = [
  "path",
  "operation",
  "parameter",
  "parameter type",
  "body",
  "content type",
  "status",
  "envelope",
  "type",
  "nullability",
  "enum",
  "format",
  "bounds",
  "property",
  "required",
  "additionalProperties",
  "cardinality",
  "alternatives",
  "reference",
  "security",
  "server",
  "document",
  "error shape",
  "error property",
  "response header",
  "neutral schema",
  "neutral reference",
  "neutral operation",
  "neutral document"
]

describe("mutants", () => {
  it.live("are the same each time, and of every kind the suite looks at", () =>
    Effect.gen(function* () {
      const document = yield* edited([])
      const all = Mutants.all(document)
      const names = (mutants: ReadonlyArray<Mutants.Mutant>) =>
        mutants.map(({ description, operator, pointer }) => `${operator} ${pointer} ${description}`)
      assert.deepStrictEqual(names(Mutants.all(document)), names(all))
      assert.isAbove(new Set(all.map(({ kind, operator }) => `${kind} ${operator}`)).size, 200)
      const kinds = new Set(all.map(({ kind }) => kind))
      assert.deepStrictEqual(
        wanted.filter((kind) => !kinds.has(kind)),
        []
      )
    }).pipe(Effect.provide(services))
  )

  it.live("make other documents: the neutral ones mean the same, and none of the others does", () =>
    Effect.gen(function* () {
      const { published } = yield* effective
      const operators = Map.groupBy(Mutants.all(published), ({ kind, operator }) => `${kind} ${operator}`)
      for (const [name, [mutant]] of operators) {
        assert.isDefined(mutant)
        const { expected, patch, pointer } = mutant
        const changed = JsonPatch.apply(patch, published)
        // Some say what is said already: the runner leaves those out.
        if (JSON.stringify(changed) === JSON.stringify(published)) continue
        assert.isAbove(Document.make(changed).operations.length, 15, name)
        assert.strictEqual(Revision.means(published, changed), expected === "same", `${name} ${pointer}`)
      }
    }).pipe(Effect.provide(services))
  )

  for (const base of ["effective", "published", "diff"] as const) {
    it.live(
      `of the ${base} document are judged as they should be: a few, CI takes more`,
      () =>
        Effect.gen(function* () {
          const outcome = yield* MutateSpec.run({ base, sample: 9, seed: 7, client: intercom })
          assert.isAbove(outcome.judged.length, 6)
          assert.deepStrictEqual(MutateSpec.failures(outcome).map(described), [])
          assert.match(MutateSpec.text(outcome), /: 0 survived, 0 false alarms/)
        }).pipe(Effect.provide(services)),
      300_000
    )
  }

  it.live("of an answer break a client only where it demands something of it", () =>
    Effect.gen(function* () {
      const client = Client.only(Client.intercom, ["Workflows.get", "Admins.list"])
      const outcome = yield* MutateSpec.run({ client, kind: "envelope" })
      assert.deepStrictEqual(
        outcome.judged
          .map(
            ({ class: wanted, mutant, verdict }) =>
              `${mutant.operations?.join()} ${mutant.operator} ${wanted} ${verdict}`
          )
          .toSorted(),
        [
          "GET /admins emptied breaking killed",
          "GET /admins listed breaking killed",
          "GET /admins unwrapped breaking killed",
          "GET /admins wrapped breaking killed",
          "GET /export/workflows/{id} emptied drift killed",
          "GET /export/workflows/{id} listed breaking killed",
          "GET /export/workflows/{id} wrapped drift killed"
        ]
      )
    }).pipe(Effect.provide(services))
  )

  it.live("that survive, and neutral ones that are flagged, are told", () =>
    Effect.gen(function* () {
      const mutant = (operator: string, expected: Mutants.Expected, patch: JsonPatch.JsonPatch): Mutants.Mutant => ({
        kind: "test",
        operator,
        pointer: "/paths/~1segments",
        description: operator,
        expected,
        patch
      })
      const outcome = yield* MutateSpec.run({
        client: intercom,
        mutants: [
          mutant("unseen", "breaking", [{ op: "add", path: "/paths/~1segments/get/summary", value: "other" }]),
          mutant("flagged", "same", [{ op: "remove", path: "/paths/~1segments" }]),
          mutant("seen", "breaking", [{ op: "remove", path: "/paths/~1segments" }]),
          mutant("useless", "breaking", [])
        ]
      })
      assert.deepStrictEqual(
        outcome.judged.map(({ mutant, verdict }) => [mutant.operator, verdict]),
        [
          ["unseen", "survived"],
          ["flagged", "false alarm"],
          ["seen", "killed"]
        ]
      )
      const text = MutateSpec.text(outcome)
      assert.match(text, /^survived breaking: test unseen at #\/paths\/~1segments: unseen$/m)
      assert.match(text, /^false alarm same: test flagged .* \| breaking GET \/segments: the client has an operation/m)
      assert.match(text, /: 1 survived, 1 false alarms$/)
    }).pipe(Effect.provide(services))
  )
})
