/**
 * Queries of the searches over contacts, conversations and tickets: filters on typed fields, joined by `and` and `or`.
 *
 * @example
 * ```ts
 * import { Search } from "@effect-intercom/core"
 *
 * const query = Search.and(
 *   Search.contact("role").equals("user"),
 *   Search.or(Search.contact("email").endsWith("@example.com"), Search.contact("custom_attributes.plan").equals("pro"))
 * )
 * ```
 *
 * Source: the official 2.15 document and its page on searches.
 */
import * as Brand from "effect/Brand"
import { identity } from "effect/Function"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaGetter from "effect/SchemaGetter"
import { openEnum, optional, UnixSeconds } from "./Wire.ts"
import * as Json from "./Json.ts"
import { mismatchesOf } from "./internal/Mismatches.ts"
import * as Words from "./search/Words.ts"

// ---------------------------------------------------------------------------------------------------------------------
// fields
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What a field holds, which decides its operators. `id` is a string the API also takes as a number; `whole` is an id the
 * API has as a whole number, and takes as its digits too; `tag` is an id that can only be there or not; `date` is Unix
 * seconds, as a number or its digits; `day` is a date the API compares by the day in the workspace's time zone.
 */
export type Kind = "text" | "id" | "whole" | "tag" | "number" | "date" | "day" | "boolean"

/** A table of fields that can be searched. */
export type Fields = { readonly [field: string]: Kind }

/**
 * The fields of contacts. `custom_attributes.<name>` is one too. Dates are compared by whole days: `>` is from the next
 * day on, `<` is before the day, `=` is the day itself, so ask for more and filter what comes.
 */
export const contactFields = {
  id: "text",
  role: "text",
  name: "text",
  avatar: "text",
  owner_id: "whole",
  email: "text",
  email_domain: "text",
  phone: "text",
  external_id: "text",
  created_at: "day",
  signed_up_at: "day",
  updated_at: "day",
  last_seen_at: "day",
  last_contacted_at: "day",
  last_replied_at: "day",
  last_email_opened_at: "day",
  last_email_clicked_at: "day",
  language_override: "text",
  browser: "text",
  browser_language: "text",
  os: "text",
  "location.country": "text",
  "location.region": "text",
  "location.city": "text",
  unsubscribed_from_emails: "boolean",
  marked_email_as_spam: "boolean",
  has_hard_bounced: "boolean",
  ios_last_seen_at: "day",
  ios_app_version: "text",
  ios_device: "text",
  ios_os_version: "text",
  ios_app_name: "text",
  ios_sdk_version: "text",
  android_last_seen_at: "day",
  android_app_version: "text",
  android_device: "text",
  android_os_version: "text",
  android_app_name: "text",
  android_sdk_version: "text",
  segment_id: "id",
  tag_id: "tag"
} as const satisfies Fields

/** The fields of conversations. `custom_attributes.<name>` is one too. Dates are compared by the second. */
export const conversationFields = {
  id: "id",
  created_at: "date",
  updated_at: "date",
  waiting_since: "date",
  snoozed_until: "date",
  "source.type": "text",
  "source.id": "id",
  "source.delivered_as": "text",
  "source.subject": "text",
  "source.body": "text",
  "source.author.id": "id",
  "source.author.type": "text",
  "source.author.name": "text",
  "source.author.email": "text",
  "source.url": "text",
  contact_ids: "id",
  teammate_ids: "id",
  admin_assignee_id: "whole",
  team_assignee_id: "whole",
  tag_ids: "id",
  channel_initiated: "text",
  open: "boolean",
  read: "boolean",
  state: "text",
  priority: "text",
  "statistics.time_to_assignment": "number",
  "statistics.time_to_admin_reply": "number",
  "statistics.time_to_first_close": "number",
  "statistics.time_to_last_close": "number",
  "statistics.median_time_to_reply": "number",
  "statistics.first_contact_reply_at": "date",
  "statistics.first_assignment_at": "date",
  "statistics.first_admin_reply_at": "date",
  "statistics.first_close_at": "date",
  "statistics.last_assignment_at": "date",
  "statistics.last_assignment_admin_reply_at": "date",
  "statistics.last_contact_reply_at": "date",
  "statistics.last_admin_reply_at": "date",
  "statistics.last_close_at": "date",
  "statistics.last_closed_by_id": "id",
  "statistics.count_reopens": "number",
  "statistics.count_assignments": "number",
  "statistics.count_conversation_parts": "number",
  "conversation_rating.requested_at": "date",
  "conversation_rating.replied_at": "date",
  "conversation_rating.score": "number",
  "conversation_rating.remark": "text",
  "conversation_rating.contact_id": "id",
  "conversation_rating.admin_id": "id",
  ai_agent_participated: "boolean",
  "ai_agent.resolution_state": "text",
  "ai_agent.last_answer_type": "text",
  "ai_agent.rating": "number",
  "ai_agent.rating_remark": "text",
  "ai_agent.source_type": "text",
  "ai_agent.source_title": "text"
} as const satisfies Fields

/**
 * The fields of tickets. `ticket_attribute.<id>` is one too, by the id of the attribute, as ticket types have it, not by its
 * name. Dates are compared by the second. `category` is `request`, `task` or `tracker`, where tickets have `Customer`,
 * `Back-office` and `Tracker`; `state` is the category of the state.
 */
export const ticketFields = {
  id: "id",
  created_at: "date",
  updated_at: "date",
  title: "text",
  description: "text",
  category: "text",
  ticket_type_id: "id",
  contact_ids: "id",
  teammate_ids: "id",
  admin_assignee_id: "id",
  team_assignee_id: "id",
  open: "boolean",
  state: "text",
  snoozed_until: "date"
} as const satisfies Fields

/** A field this client does not know of: any operator and value go with it. Made by {@link field}. */
export type Unlisted = string & Brand.Brand<"intercom/Search/Unlisted">

/** Names a field the API has learnt since this client was written; it is sent as it is. */
export const field: (name: string) => Unlisted = Brand.nominal<Unlisted>()

// ---------------------------------------------------------------------------------------------------------------------
// filters and groups
// ---------------------------------------------------------------------------------------------------------------------

/** Equal, or not. */
const equality = ["=", "!="] as const
/** One of a list, or none of it. */
const membership = ["IN", "NIN"] as const
const order = [">", "<", ">=", "<="] as const
/** Contains, does not contain, starts with, ends with. */
const likeness = ["~", "!~", "^", "$"] as const
const operators = [...equality, ...membership, ...order, ...likeness] as const

/** How a field is compared. `>=` and `<=` are taken by the live API, though its page on searches leaves them out. */
export type Operator = (typeof operators)[number]

type Equality = (typeof equality)[number]
type Membership = (typeof membership)[number]
type Order = (typeof order)[number]
type Likeness = (typeof likeness)[number]

/** One comparison. */
export interface Filter<
  out Field extends string = string,
  out Op extends Operator = Operator,
  out Value = string | number | boolean | null | ReadonlyArray<string | number | boolean>
> {
  readonly field: Field
  readonly operator: Op
  readonly value: Value
}

/** Filters, or groups of filters, of which all (`AND`) or any (`OR`) must hold: 1 to 15. */
export interface Group<out Member> {
  readonly operator: "AND" | "OR"
  readonly value: ReadonlyArray<Member>
}

/** A filter, a group of filters, or a group of those: groups nest no deeper. */
export type Query<F> = F | Group<F | Group<F>>

type Of<Table extends Fields, K extends Kind> = {
  [Field in keyof Table & string]: Table[Field] extends K ? Field : never
}[keyof Table & string]

type Texts<Field extends string, Value> =
  | Filter<Field, Equality, Value | null>
  | Filter<Field, Membership, ReadonlyArray<Value>>
  | Filter<Field, Likeness, string>

type Numbers<Field extends string, Value> =
  | Filter<Field, Equality, Value | null>
  | Filter<Field, Membership, ReadonlyArray<Value>>
  | Filter<Field, Order, Value>

/** A whole number, or its digits. */
export type Digits = number | string

/** The filters on an attribute of one's own whose values on the wire are `Value`. */
export type FilterOnAttribute<Field extends string, Value> = [Value] extends [string]
  ? Texts<Field, Value>
  : [Value] extends [number | string]
    ? Numbers<Field, Value>
    : [Value] extends [boolean]
      ? Filter<Field, Equality, boolean | null> | Filter<Field, Membership, ReadonlyArray<boolean>>
      : Filter<Field>

/** The filters on a table of fields, attributes of one's own, and what is {@link Unlisted}. */
export type FilterOn<Table extends Fields, Attributes extends string = "custom_attributes"> =
  | Texts<Of<Table, "text">, string>
  | Texts<Of<Table, "id">, string | number>
  | Filter<Of<Table, "tag">, Equality, Digits | null>
  | Numbers<Of<Table, "number">, number>
  | Numbers<Of<Table, "whole" | "date">, Digits>
  | Filter<Of<Table, "day">, ">" | "<" | "=", Digits>
  | Filter<Of<Table, "boolean">, Equality, boolean | null>
  | Filter<Of<Table, "boolean">, Membership, ReadonlyArray<boolean>>
  | Filter<`${Attributes}.${string}` | Unlisted>

/** A comparison of a contact's field. */
export type ContactFilter = FilterOn<typeof contactFields>

/** What contacts are searched for. */
export type ContactQuery = Query<ContactFilter>

/** A comparison of a conversation's field. */
export type ConversationFilter = FilterOn<typeof conversationFields>

/** What conversations are searched for. */
export type ConversationQuery = Query<ConversationFilter>

/** A comparison of a ticket's field. */
export type TicketFilter = FilterOn<typeof ticketFields, "ticket_attribute">

/** What tickets are searched for. */
export type TicketQuery = Query<TicketFilter>

type OperatorOf<F, Field> = F extends Filter<infer Name, infer Op, unknown> ? (Field extends Name ? Op : never) : never

type ValueOf<F, Field, Op> =
  F extends Filter<infer Name, infer Ops, infer Value>
    ? Field extends Name
      ? Op extends Ops
        ? Value
        : never
      : never
    : never

/**
 * Makes a filter: of a field, with a word that goes with it; or of a field, the API's sign for an operator it takes, and a
 * value of its kind.
 */
export interface Comparison<F extends Filter, Table extends Fields> {
  <const Field extends F["field"]>(field: Field): Words.Words<Table, Field>
  <const Field extends F["field"], const Op extends OperatorOf<F, Field>>(
    field: Field,
    operator: Op,
    value: ValueOf<F, Field, Op>
  ): Filter<Field, Op, ValueOf<F, Field, Op>>
}

const comparison = <F extends Filter, Table extends Fields>(): Comparison<F, Table> =>
  // The types above tie the three to one filter of `F`; the compiler cannot put them together again.
  ((...[field, ...compared]: [field: string, operator?: Operator, value?: Filter["value"]]) =>
    compared.length === 0
      ? Words.words(field)
      : { field, operator: compared[0], value: compared[1] }) as unknown as Comparison<F, Table>

/** A filter on contacts: `Search.contact("email").endsWith("@example.com")`, or `Search.contact("email", "$", "@example.com")`. */
export const contact: Comparison<ContactFilter, typeof contactFields> = comparison()

/** A filter on conversations: `Search.conversation("state").equals("open")`. */
export const conversation: Comparison<ConversationFilter, typeof conversationFields> = comparison()

/** A filter on tickets: `Search.ticket("ticket_attribute.12").equals("3")`. */
export const ticket: Comparison<TicketFilter, typeof ticketFields> = comparison()

type Members = ReadonlyArray<Filter | Group<Filter>>

/** All of these must hold: 1 to 15 filters, or groups of filters. */
export const and = <const M extends Members>(...value: M): Group<M[number]> => ({ operator: "AND", value })

/** Any of these must hold: 1 to 15 filters, or groups of filters. For many values of one field there is `IN`. */
export const or = <const M extends Members>(...value: M): Group<M[number]> => ({ operator: "OR", value })

// ---------------------------------------------------------------------------------------------------------------------
// rules
// ---------------------------------------------------------------------------------------------------------------------

type Path = ReadonlyArray<PropertyKey>
type Issue = { readonly path: Path; readonly issue: string }

const mostMembers = 15
const mostNested = 2

const shown = (value: unknown): string => (value === undefined ? "nothing" : Json.stringify(value))

const wrong = (path: Path, expected: string, actual: unknown): Issue => ({
  path,
  issue: `Expected ${expected}, got ${shown(actual)}`
})

const quoted = (names: ReadonlyArray<string>): string => names.map((name) => JSON.stringify(name)).join(", ")

const operatorsOf: { readonly [K in Kind]: ReadonlyArray<Operator> } = {
  text: [...equality, ...membership, ...likeness],
  id: [...equality, ...membership, ...likeness],
  whole: [...equality, ...membership, ...order],
  tag: equality,
  number: [...equality, ...membership, ...order],
  date: [...equality, ...membership, ...order],
  day: [">", "<", "="],
  boolean: [...equality, ...membership]
}

interface Values {
  readonly expected: string
  readonly schema: Schema.Codec<string | number | boolean>
}

const ids = Schema.Union([Schema.String, Schema.Finite])
const digits = Schema.String.check(Schema.isPattern(/^\d{1,15}$/))
const seconds: Values = {
  expected: "a time in Unix seconds, as a number or its digits",
  schema: Schema.Union([UnixSeconds, digits])
}
const wholeId: Values = {
  expected: "an id: a whole number or its digits",
  schema: Schema.Union([Schema.Int, digits])
}
const anything: Values = { expected: "a text, number or boolean", schema: Schema.Union([ids, Schema.Boolean]) }

const valuesOf: { readonly [K in Kind]: Values } = {
  text: { expected: "a text", schema: Schema.String },
  id: { expected: "an id: a text or a number", schema: ids },
  whole: wholeId,
  tag: { expected: "an id: a text or a number", schema: ids },
  number: { expected: "a number", schema: Schema.Finite },
  date: seconds,
  day: seconds,
  boolean: { expected: "true or false", schema: Schema.Boolean }
}

/** How a field may be compared. */
interface Rule {
  readonly operators: ReadonlyArray<Operator>
  readonly values: Values
  /** Whether `null` finds what is not set. */
  readonly nullable: boolean
  /** Why there are no other operators. */
  readonly because?: string | undefined
}

/** The rule of a field, if it has one: a custom attribute, or a field this client does not know of, has none. */
type Rules = (field: string) => Rule | undefined

const rulesOf =
  (fields: Fields, attributes: { readonly [field: string]: Schema.Top }): Rules =>
  (field) => {
    const kind = Object.hasOwn(fields, field) ? fields[field] : undefined
    if (kind !== undefined) {
      return {
        operators: operatorsOf[kind],
        values: valuesOf[kind],
        nullable: kind !== "day",
        because: reasons[kind]
      }
    }
    const attribute = Object.hasOwn(attributes, field) ? attributes[field] : undefined
    return attribute === undefined ? undefined : attributeRule(attribute)
  }

/** What a value can be where there is one. */
const present = (value: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> =>
  SchemaAST.isUnion(value)
    ? value.types.flatMap(present)
    : SchemaAST.isNull(value) || SchemaAST.isUndefined(value)
      ? []
      : [value]

const isText = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isString(ast) ||
  SchemaAST.isTemplateLiteral(ast) ||
  (SchemaAST.isLiteral(ast) && Predicate.isString(ast.literal))

const isNumeric = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isNumber(ast) || (SchemaAST.isLiteral(ast) && Predicate.isNumber(ast.literal))

/** The rule of an attribute, by the schema of what it is on the wire. */
const attributeRule = (sent: Schema.Top): Rule => {
  const members = present(sent.ast)
  const kind = members.every(isText)
    ? "text"
    : members.every((member) => isText(member) || isNumeric(member))
      ? "number"
      : members.every(SchemaAST.isBoolean)
        ? "boolean"
        : undefined
  if (kind === undefined) return { operators, values: anything, nullable: true }
  // Texts, numbers or booleans, as was seen.
  const schema = Schema.Union(members.map((member) => Schema.make<Values["schema"]>(member)))
  const [{ expected } = valuesOf[kind]] = mismatchesOf(schema, undefined, identity)
  return { operators: operatorsOf[kind], values: { expected, schema }, nullable: true }
}

const isOneOf = <A extends string>(list: ReadonlyArray<A>, value: unknown): value is A =>
  (list as ReadonlyArray<unknown>).includes(value)

/** What is wrong with the value of a filter. `null` finds what is not set. */
const valueIssues = (
  { nullable, values }: Pick<Rule, "nullable" | "values">,
  operator: Operator,
  value: unknown,
  path: Path
): ReadonlyArray<Issue> => {
  const { expected, schema } = values
  if (isOneOf(membership, operator)) {
    if (!Array.isArray(value)) return [wrong(path, `a list, as "${operator}" needs`, value)]
    return value.flatMap((one: unknown, index) =>
      Schema.is(schema)(one) ? [] : [wrong([...path, index], expected, one)]
    )
  }
  if (isOneOf(likeness, operator)) return Predicate.isString(value) ? [] : [wrong(path, "a text", value)]
  if (Schema.is(schema)(value) || (value === null && nullable && isOneOf(equality, operator))) return []
  return [wrong(path, Array.isArray(value) ? `${expected}; lists go with "IN" and "NIN"` : expected, value)]
}

const excess = (node: object, names: ReadonlyArray<string>, path: Path): ReadonlyArray<Issue> =>
  Object.entries(node)
    .filter(([name]) => !names.includes(name))
    .map(([name, value]) => ({ path: [...path, name], issue: `Unexpected key with value ${shown(value)}` }))

const reasons: { readonly [K in Kind]?: string } = {
  day: " (the API compares dates of contacts by whole days)",
  tag: " (the API answers with an error to any other)"
}

const filterIssues = (rules: Rules, node: { readonly [name: string]: unknown }, path: Path): ReadonlyArray<Issue> => {
  const { field, operator, value } = node
  const others = excess(node, ["field", "operator", "value"], path)
  if (!Predicate.isString(field) || field === "") {
    return [...others, wrong([...path, "field"], "the name of a field", field)]
  }
  const { because = "", ...rule }: Rule = rules(field) ?? { operators, values: anything, nullable: true }
  if (!isOneOf(rule.operators, operator)) {
    return [
      ...others,
      wrong([...path, "operator"], `one of ${quoted(rule.operators)} for ${field}${because}`, operator)
    ]
  }
  return [...others, ...valueIssues(rule, operator, value, [...path, "value"])]
}

const groupIssues = (
  rules: Rules,
  node: { readonly [name: string]: unknown },
  path: Path,
  depth: number
): ReadonlyArray<Issue> => {
  const { operator, value } = node
  const others = excess(node, ["operator", "value"], path)
  if (!isOneOf(["AND", "OR"], operator)) {
    return [...others, wrong([...path, "operator"], '"AND" or "OR", or a field to compare', operator)]
  }
  if (depth > mostNested) {
    return [
      wrong(path, `a filter, as groups nest at most ${mostNested} deep: join this one with the group around it`, node)
    ]
  }
  if (!Array.isArray(value) || value.length === 0 || value.length > mostMembers) {
    const many = `1 to ${mostMembers} filters: ask for many values of a field with "IN", or search more than once`
    return [...others, wrong([...path, "value"], many, value)]
  }
  return [
    ...others,
    ...value.flatMap((member: unknown, index) => issuesOf(rules, member, [...path, "value", index], depth + 1))
  ]
}

/** What the API would refuse in a query, or answer otherwise than meant. */
const issuesOf = (rules: Rules, node: unknown, path: Path = [], depth = 1): ReadonlyArray<Issue> => {
  if (!Predicate.isObject(node)) return [wrong(path, "a filter, or a group of filters", node)]
  return "field" in node ? filterIssues(rules, node, path) : groupIssues(rules, node, path, depth)
}

// ---------------------------------------------------------------------------------------------------------------------
// wire schemas
// ---------------------------------------------------------------------------------------------------------------------

const WireFilter = Schema.Struct({
  field: Schema.String,
  operator: Schema.Literals(operators),
  value: Schema.Union([
    Schema.String,
    Schema.Finite,
    Schema.Boolean,
    Schema.Null,
    Schema.Array(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
  ])
})

const wireGroup = <Member extends Schema.Top>(member: Member) =>
  Schema.Struct({
    operator: Schema.Literals(["AND", "OR"]),
    value: Schema.Array(member).check(Schema.isMinLength(1), Schema.isMaxLength(mostMembers))
  })

const WireQuery = Schema.Union([WireFilter, wireGroup(Schema.Union([WireFilter, wireGroup(WireFilter)]))])

/** Queries with every field of a table and every operator: what {@link issuesOf} has nothing against. */
const samples = (fields: Fields): Schema.Codec<unknown> => {
  const filters = Object.entries(fields).flatMap(([field, kind]) => {
    const { schema } = valuesOf[kind]
    const comparing = (operators: ReadonlyArray<Operator>, value: Schema.Codec<unknown>) => {
      const allowed = operators.filter((operator) => operatorsOf[kind].includes(operator))
      return allowed.length === 0
        ? []
        : [Schema.Struct({ field: Schema.Literal(field), operator: Schema.Literals(allowed), value })]
    }
    return [
      ...comparing([...equality, ...order], schema),
      ...comparing(membership, Schema.Array(schema)),
      ...comparing(likeness, Schema.String)
    ]
  })
  const filter = Schema.Union(filters)
  const group = wireGroup(filter)
  return Schema.Union([filter, group, wireGroup(Schema.Union([filter, group]))])
}

/**
 * A query on a table of fields. The union of filters and groups is what is on the wire, but its failures would name
 * every member of the union; the rules say what is wrong in one sentence, so they look first.
 */
const queryOn = <F extends Filter>(fields: Fields, attributes: { readonly [field: string]: Schema.Top }) => {
  const rules = rulesOf(fields, attributes)
  const ruled = Schema.declare<unknown>(Predicate.isUnknown, {
    toCodecArbitrary: () => Schema.link<unknown>()(samples(fields), asIs())
  }).check(Schema.makeFilter((query) => issuesOf(rules, query)))
  // What the rules let through is what the type allows, and fields that are not listed.
  const typed = ruled as unknown as Schema.Codec<Query<F>>
  return WireQuery.pipe(Schema.decodeTo(typed, asIs()))
}

const asIs = <T, E>() => ({
  decode: SchemaGetter.passthrough<T, E>({ strict: false }),
  encode: SchemaGetter.passthrough<E, T>({ strict: false })
})

/** `per_page`: 1 to 150. `starting_after`: the cursor of a page. */
export class SearchPagination extends Schema.Opaque<SearchPagination>()(
  Schema.Struct({
    per_page: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 150 }))),
    starting_after: optional(Schema.NullOr(Schema.String))
  })
) {}

/** The order of what is found; the API refuses any other spelling of the two orders. */
const sortOn = <Table extends Fields>(fields: Table) =>
  Schema.Struct({
    // The keys of a table are its fields.
    field: openEnum(...(Object.keys(fields) as Array<keyof Table & string>)),
    order: Schema.Literals(["ascending", "descending"])
  })

/** The fields of a search request; attributes of one's own are below `attributes`. */
export const requestOn = <Table extends Fields, Attributes extends string = "custom_attributes">(
  fields: Table,
  // Rules know no attributes: it is for the type alone.
  _attributes?: Attributes
) => ({
  query: queryOn<FilterOn<Table, Attributes>>(fields, {}),
  pagination: optional(SearchPagination),
  sort: optional(sortOn(fields))
})

/** The fields of a search request, where it is known what attributes of one's own are on the wire, by their fields. */
export const requestWith = (fields: Fields, attributes: { readonly [field: string]: Schema.Top }) => ({
  ...requestOn(fields),
  query: queryOn<Filter>(fields, attributes)
})
