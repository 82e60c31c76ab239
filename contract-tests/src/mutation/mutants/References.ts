/** References that lead elsewhere, and envelopes of lists. */
import * as Document from "../../document/Document.ts"
import * as Example from "../../schema/Example.ts"
import * as JsonNode from "../../schema/JsonNode.ts"
import * as NormalizedSchema from "../../schema/NormalizedSchema.ts"
import * as MutationSites from "../MutationSites.ts"
import { type Json, type Mutant, replace } from "./Mutant.ts"
import { isSent } from "./Schemas.ts"

/** `$ref`s below an operation or a component that is used, each pointed at another schema. */
export const references = (
  { root }: Document.Document,
  sites: ReadonlyArray<MutationSites.Site>
): ReadonlyArray<Mutant> => {
  const components = Object.keys(JsonNode.record(JsonNode.follow(root, "components", "schemas") ?? JsonNode.make({})))
  const places = new Map<string, MutationSites.Site>()
  for (const site of sites) {
    for (const reference of site.node.through) if (reference.endsWith("/$ref")) places.set(reference, site)
  }
  // What is around the reference tells what it is used for: its target may be used elsewhere, too.
  const isSentAt = (pointer: string): boolean => {
    const around = sites
      .filter((site) => pointer.startsWith(`${site.pointer}/`))
      .toSorted((a, b) => b.pointer.length - a.pointer.length)[0]
    return around === undefined ? !pointer.includes("/responses/") : isSent(around)
  }
  return [...places].flatMap(([pointer, site], index) => {
    const now = JsonNode.at(root.value, pointer)?.value
    if (typeof now !== "string" || !now.startsWith("#/components/schemas/")) return []
    const name = now.slice("#/components/schemas/".length)
    const next = components[(components.indexOf(name) + 1 + (index % 5)) % components.length] ?? name
    if (next === name) return []
    return [
      {
        kind: "reference",
        operator: "reference-swapped",
        pointer,
        description: `${name} becomes ${next}`,
        expected: isSentAt(pointer) ? "breaking" : "drift",
        patch: [replace(pointer, `#/components/schemas/${next}`)],
        operations: site.chains.map(({ operation }) => operation.name)
      } satisfies Mutant
    ]
  })
}

export const envelopes = (operation: Document.Operation): ReadonlyArray<Mutant> =>
  operation.responses.filter(Document.isSuccess).flatMap(({ content }) => {
    const schema = Document.jsonOf(content)
    if (schema === undefined) return []
    const { pointer } = schema
    const of = (operator: string, description: string, next: Json, answer?: Json): Mutant => ({
      kind: "envelope",
      operator,
      pointer,
      description,
      expected: "breaking",
      patch: [replace(pointer, next)],
      operations: [operation.name],
      ...(answer === undefined ? undefined : { answer })
    })
    const shape = NormalizedSchema.of([schema])
    const list = [...(shape?.fields ?? [])].find(
      ([, { nodes }]) => NormalizedSchema.of(nodes)?.kinds.has("array") === true
    )
    const items = list?.[1].nodes[0]
    const resolved = items && JsonNode.resolve(items)
    return [
      of(
        "wrapped",
        "the answer is wrapped in `data`",
        { type: "object", properties: { data: schema.value }, required: ["data"] },
        // What is made up of a schema is JSON.
        { data: Example.of([schema]) as Json }
      ),
      of("listed", "the answer is an array of what it was", { type: "array", items: schema.value }),
      of("emptied", "the answer is an object of which nothing is said", { type: "object" }, {}),
      ...(resolved === undefined || operation.method !== "GET" || !NormalizedSchema.of([resolved])?.kinds.has("array")
        ? []
        : [of("unwrapped", "the answer is the list itself", resolved.value)])
    ]
  })
