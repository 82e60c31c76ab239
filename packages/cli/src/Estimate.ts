/** `--dry-run`: what an export would do, and about how many requests it takes: those that only some records need are counted for all. */
import type { Preview } from "@effect-intercom/export/Export"
import * as Format from "@effect-intercom/export/Format"
import * as DateTime from "effect/DateTime"
import * as Table from "./internal/Table.ts"

const actions = { start: "export", resume: "resume", skip: "complete already" } as const

const when = (since: number | null): string =>
  since === null ? "everything" : DateTime.formatIso(DateTime.makeUnsafe(since * 1000)).replace(".000", "")

/** The table. */
export const render = (previews: ReadonlyArray<Preview>): string => {
  const rows = previews.map((preview) => {
    return [
      preview.resource,
      actions[preview.action],
      when(preview.since),
      preview.total === null ? "?" : Format.count(preview.total),
      preview.written === 0 ? "" : Format.count(preview.written),
      preview.requests === null ? "?" : Format.count(preview.requests)
    ]
  })
  const sum = previews.reduce((all, { requests }) => all + (requests ?? 0), 0)
  const unknown = previews.some(({ requests }) => requests === null)
  return Table.render(
    [
      { title: "resource" },
      { title: "to do" },
      { title: "what changed since" },
      { title: "records", right: true },
      { title: "written", right: true },
      { title: "requests", right: true }
    ],
    [...rows, ["", "", "", "", "", `${unknown ? "≥ " : ""}${Format.count(sum)}`]]
  )
}
