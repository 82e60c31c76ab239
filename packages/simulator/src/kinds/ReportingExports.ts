/** Reporting exports, five at a time: figures of conversations and contacts. */
import { ReportingExports } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import type { Row } from "../internal/Collection.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Jobs from "../internal/Jobs.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

interface Dataset {
  readonly of: "contacts" | "conversations"
  readonly name: string
  readonly time: string
  /** What each attribute is of a record, by its id. */
  readonly attributes: { readonly [id: string]: readonly [name: string, of: (row: Row) => unknown] }
}

const statistic = (name: string) => (row: Row) => Crud.fieldsOf(row["statistics"])[name]

const datasets: { readonly [id: string]: Dataset } = {
  conversation: {
    of: "conversations",
    name: "Conversations",
    time: "conversation.conversation_started_at",
    attributes: {
      "conversation.conversation_id": ["Conversation ID", ({ id }) => id],
      "conversation.conversation_started_at": ["Conversation started at", ({ created_at }) => created_at],
      "conversation.conversation_state": ["Conversation state", ({ state }) => state],
      "conversation.first_close_at": ["First closed at", statistic("first_close_at")],
      "conversation.time_to_admin_reply": ["Time to first reply", statistic("time_to_admin_reply")]
    }
  },
  contact: {
    of: "contacts",
    name: "Contacts",
    time: "contact.created_at",
    attributes: {
      "contact.id": ["Contact ID", ({ id }) => id],
      "contact.created_at": ["Created at", ({ created_at }) => created_at],
      "contact.email": ["Email", ({ email }) => email]
    }
  }
}

const wrong = (message: string, field: string) => ErrorList.respond(400, { code: "parameter_invalid", message, field })

/** The attributes that are asked for. */
const askedOf = (input: Crud.Input): ReadonlyArray<string> => {
  const { attribute_ids } = input
  return Array.isArray(attribute_ids) ? attribute_ids.map(String) : []
}

const refuse = (input: Crud.Input) => {
  const dataset = datasets[String(input["dataset_id"])]
  if (dataset === undefined) return wrong(`There is no dataset ${String(input["dataset_id"])}`, "dataset_id")
  const asked = askedOf(input)
  if (asked.length === 0) return wrong("No attributes are asked for", "attribute_ids")
  const unknown = asked.find((id) => dataset.attributes[id] === undefined)
  return unknown === undefined ? undefined : wrong(`The dataset has no attribute ${unknown}`, "attribute_ids")
}

const file = (input: Crud.Input, { collections }: Kind.Workspace) => {
  const dataset = datasets[String(input["dataset_id"])]
  if (dataset === undefined) return undefined
  const asked = askedOf(input)
  const from = Number(input["start_time"])
  const to = Number(input["end_time"])
  const rows = Listing.rows(collections[dataset.of])
    .filter(({ created_at }) => Number(created_at) >= from && Number(created_at) < to)
    .map((row) => asked.map((id) => dataset.attributes[id]?.[1](row)))
  return Jobs.csv(
    asked.map((id) => id.replace(/^.*\./, "")),
    rows
  )
}

const { download, enqueue, get } = Jobs.make({
  most: 5,
  called: "reporting dataset export",
  completed: "complete",
  path: (id, { world }) => `/download/reporting_data/${id}?app_id=${World.workspaceId(world)}`,
  refuse,
  file
})

export const reportingExports = Kind.make(ReportingExports, {
  handlers: {
    listDatasets: () =>
      Effect.succeed(
        Listing.value({
          type: "list",
          data: Object.entries(datasets).map(([id, { attributes, name, time }]) => ({
            id,
            name,
            description: `All ${name.toLowerCase()}`,
            default_time_attribute_id: time,
            attributes: Object.entries(attributes).map(([id, [name]]) => ({ id, name }))
          }))
        })
      ),
    enqueue,
    get,
    download
  }
})
