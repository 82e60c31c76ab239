/**
 * Documents with one change each. The operators are those of the literature on mutating schemas and interfaces (Offutt
 * and Xu on XML Schema; Li and Miller; the change catalogues of OpenAPI comparison; REST fault models): leave something
 * out, add it, rename it, move it, give it another type, cardinality, bound or alternative; for every part of an
 * OpenAPI document. Beside them are edits that change nothing of what a document means.
 */
import * as Document from "../document/Document.ts"
import * as MutationSites from "./MutationSites.ts"
import type { Json, Mutant } from "./mutants/Mutant.ts"
import { neutralOperations, neutralReferences, neutralSchemas, neutralWhole } from "./mutants/Neutral.ts"
import { bodiesOf, operationsOf, parametersOf, paths, responsesOf } from "./mutants/Operations.ts"
import { envelopes, references } from "./mutants/References.ts"
import { ofSchema } from "./mutants/Schemas.ts"
import { security, servers, whole } from "./mutants/Security.ts"

export type { Expected, Mutant, Witness } from "./mutants/Mutant.ts"

/** Every mutant of a document, in an order that does not change. */
export const all = (root: Json): ReadonlyArray<Mutant> => {
  const document = Document.make(root)
  const sites = MutationSites.schemas(document)
  const { operations } = document
  const mutants = [
    ...paths(document),
    ...operations.flatMap(operationsOf),
    ...operations.flatMap(parametersOf),
    ...operations.flatMap(bodiesOf),
    ...operations.flatMap(responsesOf),
    ...operations.flatMap(envelopes),
    ...sites.flatMap(ofSchema),
    ...references(document, sites),
    ...security(document),
    ...servers(document),
    ...whole(),
    ...sites.flatMap(neutralSchemas),
    ...neutralReferences(document, sites),
    ...neutralOperations(document),
    ...neutralWhole(document)
  ]
  // What operations share is changed once.
  const shared = new Map<string, Mutant>()
  for (const mutant of mutants) {
    const key = JSON.stringify([mutant.operator, mutant.patch])
    const known = shared.get(key)
    shared.set(
      key,
      known?.operations === undefined || mutant.operations === undefined
        ? mutant
        : { ...known, operations: [...new Set([...known.operations, ...mutant.operations])] }
    )
  }
  return [...shared.values()]
}
