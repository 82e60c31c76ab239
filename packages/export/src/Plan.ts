/** What to export, and how: plain data, which can be kept, sent to another machine, and run there. */
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Resource from "./Resource.ts"
import { Where } from "./Where.ts"

const positive = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/** The name of a resource of the API, or of one's own. */
export type Name = Resource.ResourceName | (string & {})

const isName = Schema.String.check(Schema.isPattern(/^[A-Za-z]\w*$/, { expected: "the name of a resource" }))

/** A plan that was kept may have names of earlier versions. */
const Name = isName.pipe(
  Schema.decodeTo(Schema.declare<Name>(Schema.is(isName)), {
    decode: SchemaGetter.transform(Resource.current),
    encode: SchemaGetter.passthrough()
  })
)

export const Plan = Schema.Struct({
  /** Those of the API, and those that `Resource.layer` adds; they start in this order. */
  resources: Schema.NonEmptyArray(Name),
  /**
   * What changed since, instead of everything: a time in Unix seconds, or `last`, the last export into the same place
   * (everything, when there was none). Resources that cannot be asked for what changed are read whole.
   */
  since: Schema.optionalKey(Schema.Union([Schema.Int, Schema.Literal("last")])),
  /**
   * Which records, of those a search finds: a query such as `Search.contact("role", "=", "user")`, with up to seven
   * alternatives. Only for contacts, conversations and tickets. @default all
   */
  where: Schema.optionalKey(Where),
  /**
   * What of each record: `email`, or `custom_attributes.plan`. What tells records apart, and when they changed, is always
   * there. @default everything
   */
  fields: Schema.optionalKey(Schema.Array(Schema.String)),
  /**
   * What was deleted or merged since the last export, told in a resource beside each, `deletedContacts`. `list`: in an export
   * since `last`, where the API has a listing of it, as it has for conversations from version 2.16 on. `compare`: for the
   * others too, by comparing the keys that were exported with those the API lists, which takes a request for each page of
   * all records, and one for each that is not listed. @default "list"
   */
  deletions: Schema.optionalKey(Schema.Literals(["list", "compare", "none"])),
  /** Seconds the windows of exports since `last` overlap, since searches find a change some minutes late. @default 900 */
  overlap: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Records per request, instead of what each resource has. */
  pageSize: Schema.optionalKey(positive),
  /**
   * Requests under way at once, of all resources together; and as many windows of a search, eight at the most, whose pages are
   * read ahead. `auto`: as many as latency and the rate limit need, 64 at the most, and eight windows. @default "auto"
   */
  concurrency: Schema.optionalKey(Schema.Union([positive, Schema.Literal("auto")])),
  /**
   * Resources exported side by side, on one rate limit. One that waits for the workspace's only scroll does not count. Into
   * a sink that is a sequence, such as a pipe, they go one after the other all the same. @default 4
   */
  resourcesAtOnce: Schema.optionalKey(positive),
  /** Exports again what is complete, and replaces what is of unknown origin. What is unfinished is resumed all the same. */
  force: Schema.optionalKey(Schema.Boolean),
  /**
   * Sets apart whatever does not fit its schema, in the quarantine. Otherwise a record that has its identity is written as
   * received, and how it differs is counted as drift. @default false
   */
  strict: Schema.optionalKey(Schema.Boolean),
  /** Drops what is unfinished, and starts from the beginning. */
  restart: Schema.optionalKey(Schema.Boolean)
})
export type Plan = typeof Plan.Type
