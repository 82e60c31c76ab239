/** `--dry-run`: what an export would do, and how many requests it takes at least. */
import type { Preview } from "@effect-intercom/export/Export"
import * as Format from "@effect-intercom/export/Format"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Resource from "@effect-intercom/export/Resource"
import * as DateTime from "effect/DateTime"
import * as Table from "./internal/Table.ts"

/** A page of a scroll: documented as about that. */
const scrolled = 100

/** Requests for each record beside its page. */
const perRecord: { readonly [name in Resource.ResourceName]?: number } = { conversations: 1 }

/** Requests an export takes at least; `undefined` where the API does not count. */
export const requests = (previews: ReadonlyArray<Preview>, plan: Plan, preview: Preview): number | undefined => {
  if (preview.action === "skip") return 0
  const { pageSize } = Resource.all[preview.resource]
  if (preview.resource === "events") {
    // One for each contact, at least.
    const contacts = previews.find(({ resource }) => resource === "contacts")?.total
    return contacts ?? undefined
  }
  if (preview.total === null) return pageSize === null ? 1 : undefined
  const left = Math.max(0, preview.total - preview.written)
  const size = pageSize === null ? scrolled : (plan.pageSize ?? pageSize)
  return Math.max(1, Math.ceil(left / size)) + left * (perRecord[preview.resource] ?? 0)
}

const actions = { start: "export", resume: "resume", skip: "complete already" } as const

const when = (since: number | null): string =>
  since === null ? "everything" : DateTime.formatIso(DateTime.makeUnsafe(since * 1000)).replace(".000", "")

/** The table. */
export const render = (previews: ReadonlyArray<Preview>, plan: Plan): string => {
  const estimates = previews.map((preview) => requests(previews, plan, preview))
  const rows = previews.map((preview, index) => {
    const estimate = estimates[index]
    return [
      preview.resource,
      actions[preview.action],
      when(preview.since),
      preview.total === null ? "?" : Format.count(preview.total),
      preview.written === 0 ? "" : Format.count(preview.written),
      estimate === undefined ? "?" : Format.count(estimate)
    ]
  })
  const sum = estimates.reduce<number>((all, one) => all + (one ?? 0), 0)
  const unknown = estimates.includes(undefined)
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
