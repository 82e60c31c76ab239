/** How a night is, as a table. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Format from "@effect-intercom/export/Format"
import * as Status from "@effect-intercom/fleet/Status"
import * as Table from "../internal/Table.ts"

const time = (iso: string): string => iso.replace(/\.\d+Z$/, "Z")

const counts = ({ done, failed, running, waiting }: Status.Night): string =>
  [
    [done, "done"],
    [running, "running"],
    [waiting, "waiting"],
    [failed, "failed"]
  ]
    .flatMap(([count, what]) => (count === 0 ? [] : [`${Format.count(Number(count))} ${what}`]))
    .join(", ")

const why = (one: Status.Export): string => {
  const { failure } = one
  if (failure === null) return ""
  const told = `${failure.kind}: ${failure.resource === null ? "" : `${failure.resource}: `}${failure.message}`
  const further = Status.outlook(one)
  return further === undefined ? told : `${told} (${further})`
}

/** The table of a night. */
export const render = (status: Status.Status): string => {
  const title = `Night ${status.night}, started ${time(status.startedAt)}: ${counts(status) || "no workspace"}`
  if (status.exports.length === 0) return title
  return [
    title,
    Table.render(
      [
        { title: "workspace" },
        { title: "state" },
        { title: "since" },
        { title: "records", right: true },
        { title: "requests", right: true },
        { title: "turns", right: true },
        { title: "runner" },
        { title: "why" }
      ],
      status.exports.map((one) => [
        one.workspace,
        one.state,
        time(one.since),
        Format.count(one.records),
        Format.count(one.requests),
        one.turns > 1 ? Format.count(one.turns) : "",
        one.runner ?? "",
        why(one)
      ])
    ),
    ...(status.failed === 0
      ? []
      : [`What failed is tried again with: intercom fleet retry --night ${Printable.line(status.night)}`])
  ].join("\n")
}

/** A line for each night. */
export const renderNights = (nights: ReadonlyArray<Status.Night>): string =>
  nights.length === 0
    ? "No night was started."
    : Table.render(
        [{ title: "night" }, { title: "started" }, { title: "records", right: true }, { title: "workspaces" }],
        nights.map((night) => [night.night, time(night.startedAt), Format.count(night.records), counts(night)])
      )
