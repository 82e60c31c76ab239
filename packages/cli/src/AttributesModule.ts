/** TypeScript with the schemas of a workspace's attributes. */
import * as Printable from "@effect-intercom/core/Printable"
import type { CustomObjectInstance } from "@effect-intercom/core/resources/CustomObjectInstances"
import type { DataAttribute } from "@effect-intercom/core/resources/DataAttributes"
import type { TicketType } from "@effect-intercom/core/resources/TicketTypes"
import * as Array from "effect/Array"
import * as Order from "effect/Order"

/** An attribute, with the schema of its values as code. */
interface Attribute {
  readonly name: string
  readonly schema: string
  /** What is known of it. */
  readonly notes: ReadonlyArray<string>
  /** By which tickets are searched. */
  readonly id?: string | undefined
}

/** The attributes of records of a kind. */
export interface Section {
  /** What has them: `contacts`, `tickets of the type Bug`. */
  readonly of: string
  /** What the schema is named by: `Contact`, `BugTicket`. */
  readonly name: string
  readonly notes: ReadonlyArray<string>
  readonly attributes: ReadonlyArray<Attribute>
  /** Those that are left out, and why. */
  readonly leftOut: ReadonlyArray<string>
  /** Of a type of tickets. */
  readonly ticketTypeId?: string | undefined
}

interface Named {
  readonly name?: string | null
  readonly archived?: boolean | null
}

/** Those that are written, and why others are left out. Of several that have one name, the first is written. */
const sift = <A extends Named>(attributes: ReadonlyArray<A>) => {
  const written = new Map<string, A & { readonly name: string }>()
  const leftOut: Array<string> = []
  for (const attribute of attributes) {
    const name = attribute.name ?? ""
    const leave = (why: string) => leftOut.push(`${name} (${why})`)
    if (attribute.archived === true) leave("archived")
    // No object has it as a field like any other.
    else if (name === "" || name === "__proto__") leave("no name for a field")
    else if (written.has(name)) leave("another has its name")
    else written.set(name, { ...attribute, name })
  }
  return { written: [...written.values()], leftOut: leftOut.toSorted() }
}

const byName = Order.mapInput(Order.String, ({ name }: { readonly name: string }) => name)

const known = (...notes: ReadonlyArray<string | null | undefined | false>): ReadonlyArray<string> =>
  notes.filter((note): note is string => typeof note === "string" && note.trim() !== "")

const quoted = (text: string): string => JSON.stringify(text)

const valueOf = (option: unknown): unknown =>
  typeof option === "object" && option !== null && "value" in option ? option.value : option

/** A list of code: in a line, or in several. */
const list = (items: ReadonlyArray<string>): string => {
  const line = items.join(", ")
  return line.length < 80 ? line : `\n    ${items.join(",\n    ")}\n  `
}

const literals = (values: ReadonlyArray<string>): string => `Schema.Literals([${list(values.map(quoted))}])`

const dataSchema = ({ data_type, options }: DataAttribute): string => {
  const values = Array.dedupe((options ?? []).map(valueOf).filter((value) => typeof value === "string"))
  if (values.length > 0) return literals(values)
  switch (data_type) {
    case "string":
      return "Schema.String"
    case "integer":
      return "Schema.Int"
    case "float":
      return "Schema.Finite"
    case "boolean":
      return "Schema.Boolean"
    case "date":
    case "datetime":
      return "Wire.UnixSeconds"
    default:
      return "Schema.Json"
  }
}

// Ids are given in order.
const byAge = Order.mapInput(Order.Number, ({ id }: DataAttribute) => Number(id ?? 0))

/** The attributes of contacts, companies or conversations: those that are the workspace's own. */
export const ofModel = (of: string, name: string, list: ReadonlyArray<DataAttribute>): Section => {
  const own = list.filter(({ custom, full_name }) => custom ?? full_name?.startsWith("custom_attributes.") ?? false)
  const { leftOut, written } = sift(Array.sort(own, byAge))
  return {
    of,
    name,
    notes: [],
    leftOut,
    attributes: Array.sort(
      written.map((attribute) => {
        const { api_writable, data_type, description, label, name } = attribute
        const schema = dataSchema(attribute)
        return {
          name,
          schema,
          notes: known(
            label !== name && label,
            description,
            schema === "Wire.UnixSeconds" && "A time, in Unix seconds.",
            schema === "Schema.Json" && `Of the type ${data_type ?? "that is not told"}.`,
            api_writable === false && "The API cannot set it."
          )
        }
      }),
      byName
    )
  }
}

type TicketAttribute = NonNullable<NonNullable<TicketType["ticket_type_attributes"]>["data"]>[number]

const itemsOf = (options: unknown): ReadonlyArray<readonly [id: string, name: string]> => {
  const items: unknown =
    typeof options === "object" && options !== null && "list_options" in options ? options.list_options : []
  return (globalThis.Array.isArray(items) ? (items as ReadonlyArray<unknown>) : []).flatMap((item) =>
    typeof item === "object" && item !== null && "id" in item && "name" in item
      ? [[String(item.id), String(item.name)] as const]
      : []
  )
}

const ticketSchema = ({ data_type, input_options }: TicketAttribute): string => {
  const items = itemsOf(input_options)
  switch (data_type) {
    case "string":
      return "Schema.String"
    case "list":
      return items.length === 0
        ? "Schema.String"
        : `Wire.listItem(${list(items.map((item) => `[${item.map(quoted).join(", ")}]`))})`
    case "integer":
      return "Wire.numberOrString(Schema.Int)"
    case "decimal":
      return "Wire.numberOrString(Schema.Finite)"
    case "boolean":
      return "Schema.Boolean"
    case "datetime":
      return "Wire.LooseTime"
    default:
      return "Schema.Json"
  }
}

/** A name for code, of any text: `Très urgent!` is `TrèsUrgent`. */
const pascal = (text: string): string =>
  (text.normalize("NFC").match(/[\p{L}\p{Nd}]+/gu) ?? [])
    .map((word) => word.replace(/^./u, (first) => first.toUpperCase()))
    .join("")
    .replace(/^(?=\p{Nd})/u, "Type")

const stemOf = ({ id, name }: TicketType): string => pascal(name ?? id) || `Type${id}`

/**
 * The attributes of each type of tickets, in the order of names. Types whose names are one in code have their ids in them:
 * what is exported goes by another name before it is of another type.
 */
export const ofTicketTypes = (types: ReadonlyArray<TicketType>): ReadonlyArray<Section> => {
  const current = types.filter(({ archived }) => archived !== true)
  const alike = Map.groupBy(current, stemOf)
  return Array.sort(
    current.map((type) => {
      const { id } = type
      const stem = stemOf(type)
      const nested = type.ticket_type_attributes
      const all = nested?.data ?? nested?.ticket_type_attributes ?? []
      const { leftOut, written } = sift(
        Array.sortBy(Order.mapInput(Order.Number, ({ order }: TicketAttribute) => order ?? 0))(all)
      )
      return {
        of: `tickets of the type ${type.name ?? id}`,
        name: `${stem}${alike.get(stem)?.length === 1 ? "" : id}Ticket`,
        notes: [],
        ticketTypeId: id,
        leftOut,
        attributes: written.map((attribute) => ({
          name: attribute.name,
          schema: ticketSchema(attribute),
          id: attribute.id == null ? undefined : String(attribute.id),
          notes: known(attribute.description, attribute.required_to_create === true && "New tickets must have it.")
        }))
      }
    }),
    byName
  )
}

const schemaOfValue = (value: unknown): string => {
  switch (typeof value) {
    case "string":
      return "Schema.String"
    case "number":
      return "Schema.Finite"
    case "boolean":
      return "Schema.Boolean"
    default:
      return "Schema.Json"
  }
}

/** What values of several kinds fit, no narrower than they are; of no value at all, anything may come. */
const schemaOfKinds = (schemas: ReadonlySet<string>): string => {
  const [only, ...others] = [...schemas].toSorted()
  if (only === undefined || schemas.has("Schema.Json")) return "Schema.Json"
  return others.length === 0 ? only : `Schema.Union([${list([only, ...others])}])`
}

/** The attributes of a type of custom objects, as far as these instances tell. */
export const ofCustomObject = (type: string, instances: ReadonlyArray<CustomObjectInstance>): Section => {
  const seen = new Map<string, Set<string>>()
  for (const [name, value] of instances.flatMap(({ custom_attributes }) => Object.entries(custom_attributes ?? {}))) {
    const schemas = seen.get(name) ?? new Set()
    if (value !== null) schemas.add(schemaOfValue(value))
    seen.set(name, schemas)
  }
  const { leftOut, written } = sift(Array.fromIterable(seen).map(([name, schemas]) => ({ name, schemas })))
  return {
    of: `custom objects of the type ${type}`,
    name: `${pascal(type) || "Custom"}Object`,
    notes: [
      `Inferred from the values of ${instances.length === 1 ? "an instance" : `${instances.length} instances`}: the API tells ` +
        "nowhere how types of custom objects are defined. Where another instance does not fit, name that one, too."
    ],
    leftOut,
    attributes: Array.sort(
      written.map(({ name, schemas }) => ({
        name,
        schema: schemaOfKinds(schemas),
        notes: schemas.size === 0 ? ["No instance had a value."] : []
      })),
      byName
    )
  }
}

/** What is of one name still, types of custom objects say, is told apart by a number. */
const distinct = (sections: ReadonlyArray<Section>): ReadonlyArray<Section> => {
  const taken = new Set<string>()
  return sections.map((section) => {
    let name = section.name
    for (let number = 2; taken.has(name); number++) name = `${section.name}${number}`
    taken.add(name)
    return { ...section, name }
  })
}

const comment = (indent: string, notes: ReadonlyArray<string>): ReadonlyArray<string> => {
  // It ends where it is meant to.
  const lines = notes.map((note) => Printable.line(note.trim().replaceAll(/\s+/g, " ")).replaceAll("*/", "*\\/"))
  if (lines.length < 2) return lines.map((line) => `${indent}/** ${line} */`)
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`]
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

const keyOf = (name: string): string => (identifier.test(name) ? name : quoted(name))

const struct = (name: string, attributes: ReadonlyArray<Attribute>): ReadonlyArray<string> =>
  attributes.length === 0
    ? [`export const ${name} = Schema.Struct({})`]
    : [
        `export const ${name} = Schema.Struct({`,
        ...Array.flatten(
          attributes.map(({ name, notes, schema }, index) => [
            ...comment("  ", notes),
            `  ${keyOf(name)}: Wire.nullish(${schema})${index === attributes.length - 1 ? "" : ","}`
          ])
        ),
        "})"
      ]

const sectionLines = ({ attributes, leftOut, name, notes, of, ticketTypeId }: Section): ReadonlyArray<string> => {
  const without = leftOut.length === 0 ? [] : [`Left out: ${leftOut.join(", ")}.`]
  const ids = attributes.flatMap(({ id, name }) => (id === undefined ? [] : [`${keyOf(name)}: ${quoted(id)}`]))
  return [
    "",
    ...comment("", [`The attributes of ${of}.`, ...notes, ...without]),
    ...struct(`${name}Attributes`, attributes),
    ...(ticketTypeId === undefined
      ? []
      : [
          "",
          `/** The ids of these attributes, by which tickets are searched. */`,
          `export const ${name}AttributeIds = {`,
          ...ids.map((id, index) => `  ${id}${index === ids.length - 1 ? "" : ","}`),
          "} as const",
          "",
          `export const ${name}TypeId = TicketTypeId.make(${quoted(ticketTypeId)})`
        ])
  ]
}

/** How every file begins that is written here. */
export const head = "// Written by `intercom codegen attributes`: write it again when attributes change."

/** The file. It is the same for the same attributes. */
export const write = (sections: ReadonlyArray<Section>): string => {
  const code = distinct(sections).flatMap(sectionLines)
  const names = ["TicketTypeId", "Wire"].filter((name) => code.some((line) => line.includes(`${name}.`)))
  return [
    head,
    ...(names.length === 0 ? [] : [`import { ${names.join(", ")} } from "@effect-intercom/core"`]),
    ...(code.some((line) => line.includes("Schema.")) ? [`import { Schema } from "effect"`] : []),
    ...code,
    ""
  ].join("\n")
}
