/** `intercom codegen attributes`: schemas of a workspace's attributes, as TypeScript. */
import * as Printable from "@effect-intercom/core/Printable"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import { RetryPolicy } from "@effect-intercom/core/IntercomHttp"
import { CustomObjectInstances } from "@effect-intercom/core/resources/CustomObjectInstances"
import { DataAttributes } from "@effect-intercom/core/resources/DataAttributes"
import { TicketTypes } from "@effect-intercom/core/resources/TicketTypes"
import * as Array from "effect/Array"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as AttributesModule from "./AttributesModule.ts"
import * as Connection from "./Connection.ts"
import { text } from "./internal/Flags.ts"

/** There is something else in the file. */
export class NotGenerated extends Schema.TaggedError<NotGenerated>()("NotGenerated", { file: Schema.String }) {
  override get message(): string {
    return `${Printable.line(this.file)} was not written by this command, and is left alone: name another file with --out, or remove it.`
  }
}

/** The file is not what would be written now. */
export class OutOfDate extends Schema.TaggedError<OutOfDate>()("OutOfDate", { file: Schema.String }) {
  override get message(): string {
    return `${Printable.line(this.file)} is not what the workspace's attributes are: run the same command without --check.`
  }
}

const models = {
  contacts: ["contact", "Contact"],
  companies: ["company", "Company"],
  conversations: ["conversation", "Conversation"]
} as const

const names = ["contacts", "companies", "conversations", "tickets"] as const
type Name = (typeof names)[number]

type Sections = Effect.Effect<ReadonlyArray<AttributesModule.Section>, IntercomError, DataAttributes | TicketTypes>

const ofTickets: Sections = Effect.gen(function* () {
  const { data } = yield* TicketTypes.use(({ list }) => list())
  const archived = data.flatMap(({ archived, id, name }) => (archived === true ? [name ?? id] : []))
  if (archived.length > 0) {
    yield* Console.error(Printable.line(`tickets: left out, as they are archived: ${archived.join(", ")}`))
  }
  return AttributesModule.ofTicketTypes(data)
})

const sectionsOf = (name: Name): Sections => {
  if (name === "tickets") return ofTickets
  const [model, title] = models[name]
  return DataAttributes.use(({ list }) => list({ model, include_archived: true })).pipe(
    // Some answers have those of other models beside.
    Effect.map(({ data }) => data.filter((attribute) => attribute.model == null || attribute.model === model)),
    Effect.map((data) => [AttributesModule.ofModel(name, title, data)])
  )
}

/** The workspace's plan, the token's permissions or the version of the API are without it. */
const isRefusal = ({ reason }: IntercomError): boolean =>
  ["BadRequest", "Forbidden", "NotFound", "UnprocessableEntity"].includes(reason._tag)

/** What nobody asked for by name is left out where it cannot be had. */
const orNone = (name: Name) => (error: IntercomError) =>
  isRefusal(error)
    ? Effect.as(Console.error(Printable.line(`${name}: left out. ${error.message}`)), [])
    : Effect.fail(error)

interface Sample {
  readonly type: string
  readonly externalId: string
}

const customObjects = (samples: ReadonlyArray<Sample>) =>
  Effect.forEach(Object.entries(Array.groupBy(samples, ({ type }) => type)), ([type, samples]) =>
    Effect.forEach(samples, ({ externalId }) =>
      CustomObjectInstances.use(({ getByExternalId }) => getByExternalId(type, { external_id: externalId }))
    ).pipe(Effect.map((instances) => AttributesModule.ofCustomObject(type, instances)))
  )

/** One line of a section. */
const told = ({ attributes, leftOut, of }: AttributesModule.Section): string =>
  Printable.line(
    `${of}: ${attributes.length} ${attributes.length === 1 ? "attribute" : "attributes"}` +
      (leftOut.length === 0 ? "" : `; left out: ${leftOut.join(", ")}`)
  )

const current = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  return (yield* fs.exists(file)) ? Option.some(yield* fs.readFileString(file)) : Option.none()
})

const save = Effect.fnUntraced(function* (file: string, code: string, check: boolean) {
  const fs = yield* FileSystem.FileSystem
  const before = yield* current(file)
  if (check) {
    if (!Option.contains(before, code)) return yield* new OutOfDate({ file })
    return yield* Console.error(Printable.line(`${file} is up to date`))
  }
  if (Option.exists(before, (text) => text !== "" && !text.startsWith(AttributesModule.head))) {
    return yield* new NotGenerated({ file })
  }
  yield* fs.makeDirectory((yield* Path.Path).dirname(file), { recursive: true })
  yield* fs.writeFileString(file, code)
  yield* Console.error(Printable.line(`written to ${file}`))
})

const sampleFlag = Flag.String("custom-object").pipe(
  Flag.withMetavar("TYPE=EXTERNAL_ID"),
  Flag.withDescription(
    "A type of custom objects, and an instance of it by your own id; the API lists neither, so the schema is inferred " +
      "from the instances that are named. Several times for more"
  ),
  Flag.filterMap(
    (value) => {
      const [, type, externalId] = /^([^=]+)=(.+)$/s.exec(value) ?? []
      return type === undefined || externalId === undefined ? Option.none() : Option.some({ type, externalId })
    },
    () => "a type and the external id of one of its instances, such as Order=order-1"
  ),
  Flag.atLeast(0)
)

const attributes = Command.make(
  "attributes",
  {
    models: Argument.Literals("model", names).pipe(
      Argument.withDescription(`Whose, else all: ${names.join(", ")}`),
      Argument.variadic()
    ),
    customObjects: sampleFlag,
    out: text("out", "the path of a file").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription(
        "The file to write, else standard output; what was not written by this command is left alone"
      ),
      Flag.optional
    ),
    check: Flag.Boolean("check").pipe(
      Flag.withDescription("Write nothing, and fail where --out is not what would be written: for CI"),
      Flag.withDefault(false)
    ),
    ...Connection.flags
  },
  Effect.fnUntraced(function* ({ check, customObjects: samples, models, out, ...connection }) {
    yield* Effect.gen(function* () {
      const listed = yield* models.length > 0
        ? Effect.forEach(Array.dedupe(models), sectionsOf)
        : Effect.forEach(names, (name) => sectionsOf(name).pipe(Effect.catch(orNone(name))))
      const sections = [...Array.flatten(listed), ...(yield* customObjects(samples))]
      yield* Effect.forEach(sections, (section) => Console.error(told(section)))
      const code = AttributesModule.write(sections)
      yield* Option.match(out, {
        onNone: () => Console.log(code.trimEnd()),
        onSome: (file) => save(file, code, check)
      })
    }).pipe(
      Connection.explained,
      // Someone is looking at an empty screen.
      Effect.provideService(RetryPolicy, { times: 2 }),
      Effect.provide(Connection.layer(connection))
    )
  })
).pipe(
  Command.validate(({ check, out, ...connection }) => {
    const wrong =
      Connection.mistake(connection) ?? (check && Option.isNone(out) ? "--check needs the file, with --out" : undefined)
    return wrong === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message: wrong }))
  }),
  Command.withDescription(
    "Write the schemas of the workspace's own attributes as TypeScript, for Contacts.withAttributes and its kin: those of " +
      "contacts, companies and conversations, and of each type of tickets"
  ),
  Command.withShortDescription("Write the schemas of the workspace's attributes"),
  Command.withExamples([
    { command: "intercom codegen attributes --out src/attributes.ts", description: "Everything, into a file" },
    { command: "intercom codegen attributes contacts", description: "Those of contacts, on standard output" },
    {
      command: "intercom codegen attributes --custom-object Order=order-1 --out src/attributes.ts",
      description: "And those of a type of custom objects, as an instance has them"
    }
  ])
)

export const command = Command.make("codegen").pipe(
  Command.withDescription("Write code from what a workspace has"),
  Command.withSubcommands([attributes])
)
