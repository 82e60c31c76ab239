/** The flags of a plan: what is exported of each resource, and how. An export has them, and a fleet of exports. */
import type { Plan } from "@effect-intercom/export/Plan"
import * as Resource from "@effect-intercom/export/Resource"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { whole } from "./internal/Flags.ts"
import * as Selection from "./Selection.ts"

export const flags = {
  where: Flag.String("where").pipe(
    Flag.withMetavar("QUERY"),
    Flag.withDescription(
      "Which records, of those a search finds: FIELD=VALUE (also != > < >= <= ~ !~ ^ $, in, not in), or the JSON of a " +
        "query; of several, all hold. For contacts, conversations and tickets"
    ),
    Flag.atLeast(0)
  ),
  fields: Flag.String("fields").pipe(
    Flag.withMetavar("NAMES"),
    Flag.withDescription("What of each record, with commas between them: email,custom_attributes.plan"),
    Flag.map((text) => text.split(",").map((name) => name.trim())),
    Flag.optional
  ),
  resourcesAtOnce: whole("resources-at-once", 1, 100).pipe(
    Flag.withDescription("Resources exported side by side (default: 4)"),
    Flag.optional
  ),
  pageSize: whole("page-size", 1, 1_000_000).pipe(
    Flag.withDescription("Records per request, where there are pages; it shrinks by itself when requests time out"),
    Flag.optional
  ),
  overlap: whole("overlap", 0, 366 * 86_400).pipe(
    Flag.withMetavar("SECONDS"),
    Flag.withDescription("How far --since last reaches back, since searches find a change late (default: 900)"),
    Flag.optional
  ),
  deletions: Flag.Literals("deletions", ["list", "compare", "none"]).pipe(
    Flag.withDescription(
      "What was deleted or merged since the last export, told as deletedContacts and the like. list: with --since last, " +
        "where the API lists it, as of conversations from --api-version 2.16 on (default). compare: of everything that can " +
        "be compared by its keys; takes a request for each page of all records, and one for each that is gone"
    ),
    Flag.optional
  ),
  strict: Flag.Boolean("strict").pipe(
    Flag.withDescription(
      "Set records apart that do not fit their schema, instead of writing them as received and counting the drift"
    ),
    Flag.withDefault(false)
  )
}

export type Flags = Command.Command.Config.Infer<typeof flags>

/** A field of a plan, where something is given. */
export const given = <A, K extends string>(key: K, value: Option.Option<A>) =>
  // One key, whose name and type are those of the arguments.
  (Option.isSome(value) ? { [key]: value.value } : {}) as { readonly [key in K]?: A }

/** What they say of a plan for these resources; what is wrong with them was refused before. */
export const plan = (
  flags: Flags,
  names: ReadonlyArray<Resource.ResourceName>
): Pick<Plan, Exclude<keyof Flags, "strict">> & { readonly strict: boolean } => ({
  ...given(
    "where",
    Option.filter(Result.getSuccess(Selection.where(flags.where, names)), (query) => query !== undefined)
  ),
  ...given("fields", flags.fields),
  ...given("deletions", flags.deletions),
  ...given("overlap", flags.overlap),
  ...given("pageSize", flags.pageSize),
  ...given("resourcesAtOnce", flags.resourcesAtOnce),
  strict: flags.strict
})

/** What is wrong with them, for these resources. */
export const mistake = (flags: Flags, names: ReadonlyArray<Resource.ResourceName>): string | undefined =>
  pageSizeMistake(flags, names) ?? selectionMistake(flags, names) ?? deletionsMistake(flags, names)

const comparing = ({ deletions }: Pick<Flags, "deletions">, names: ReadonlyArray<Resource.ResourceName>) =>
  Option.contains(deletions, "compare") ? names.filter((name) => Resource.all[name].deletions === undefined) : []

const reasons = (names: ReadonlyArray<Resource.ResourceName>) =>
  names.map((name) => `${name} (${Resource.all[name].uncompared})`).join(", ")

function deletionsMistake(flags: Flags, names: ReadonlyArray<Resource.ResourceName>): string | undefined {
  const untold = comparing(flags, names)
  return untold.length === 0 || untold.length < names.length
    ? undefined
    : `--deletions compare cannot tell what was deleted of ${reasons(untold)}`
}

/** Of which of these resources `--deletions compare` does not tell what was deleted, and why; `undefined` when of all. */
export const untold = (
  flags: Pick<Flags, "deletions">,
  names: ReadonlyArray<Resource.ResourceName>
): string | undefined => {
  const untold = comparing(flags, names)
  return untold.length === 0 ? undefined : `--deletions compare does not tell what was deleted of ${reasons(untold)}`
}

function selectionMistake({ fields, where }: Flags, names: ReadonlyArray<Resource.ResourceName>): string | undefined {
  const query = Selection.where(where, names)
  if (Result.isFailure(query)) return query.failure
  return Option.isNone(fields) ? undefined : Selection.fieldsMistake(fields.value, names)
}

/** The rules of the API for the size of a page. */
function pageSizeMistake({ pageSize }: Flags, names: ReadonlyArray<Resource.ResourceName>): string | undefined {
  if (Option.isNone(pageSize)) return undefined
  const paged = names.filter((name) => Resource.all[name].pageSize !== null)
  if (paged.length === 0) return "--page-size is for resources with pages, and none of these has any"
  const strict = paged.filter((name) => pageSize.value > (Resource.all[name].largestPage ?? Infinity))
  const [first] = strict
  return first === undefined
    ? undefined
    : `--page-size is at most ${Resource.all[first].largestPage} for ${strict.join(" and ")}`
}
