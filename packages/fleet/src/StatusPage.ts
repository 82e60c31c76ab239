/** How a night is, as one page of HTML that needs nothing else: see the `ReportPage` of exports. */
import * as Format from "@effect-intercom/export/Format"
import { html, type Markup } from "@effect-intercom/export/Markup"
import * as ReportPage from "@effect-intercom/export/ReportPage"
import * as DateTime from "effect/DateTime"
import * as Failure from "./Failure.ts"
import type { Kind } from "./Night.ts"
import { type Export, isOver, outlook, type Status } from "./Status.ts"

const { cell, time } = ReportPage

const millis = (iso: string): number => DateTime.toEpochMillis(DateTime.makeUnsafe(iso))

const verdict = (status: Status): string => {
  const { done, exports, failed } = status
  const all = Format.plural(exports.length, "workspace")
  if (exports.length === 0) return "No workspace"
  if (!isOver(status)) return `${Format.count(done + failed)} of ${all} over`
  return failed === 0 ? `${all}, all done` : `${Format.count(failed)} of ${all} failed`
}

const tones: { readonly [state in Export["state"]]: string } = {
  failed: "bad",
  silent: "warn",
  running: "",
  waiting: "",
  done: "ok"
}

const why = (one: Export): Markup | undefined => {
  const { failure, state } = one
  if (failure === null) return undefined
  const further = outlook(one)
  const tried = further === undefined ? undefined : ` It ${further}.`
  return html`<small class="${state === "failed" ? "bad" : "warn"}"
    >${Failure.meaning[failure.kind]}${failure.resource === null ? undefined : `, ${failure.resource}`}:
    ${failure.message}${tried}</small
  >`
}

const row = (one: Export): Markup =>
  html`<tr role="row">
    <th role="rowheader" scope="row">
      ${one.workspace}
      <small><span class="${tones[one.state]}">${one.state}</span> since ${time(one.since)}</small>
      ${why(one) ?? []}
    </th>
    ${[
      cell("Records", Format.count(one.records)),
      cell("Requests", Format.count(one.requests)),
      cell("Turns", Format.count(one.turns)),
      cell("Runner", one.runner ?? "–")
    ]}
  </tr> `

const table = (exports: ReadonlyArray<Export>): Markup =>
  html`<table role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Workspace</th>
        ${["Records", "Requests", "Turns", "Runner"].map(
          (head) => html`<th role="columnheader" scope="col" class="number">${head}</th>`
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${exports.map(row)}
    </tbody>
  </table>`

/** How many failed for what. */
const reasons = (exports: ReadonlyArray<Export>): Markup => {
  const kinds = new Map<Kind, number>()
  for (const { failure, state } of exports) {
    if (state === "failed" && failure !== null) kinds.set(failure.kind, (kinds.get(failure.kind) ?? 0) + 1)
  }
  if (kinds.size === 0) return html``
  return html`<section aria-labelledby="failures">
    <h2 id="failures">Failures</h2>
    <dl class="pairs">
      ${[...kinds].map(
        ([kind, count]) =>
          html`<dt>${Format.plural(count, "workspace")}</dt>
            <dd>${Failure.meaning[kind]}</dd>`
      )}
    </dl>
  </section>`
}

const counts = ({ done, failed, running, waiting }: Status): string =>
  `${Format.count(done)} done, ${Format.count(running)} running, ${Format.count(waiting)} waiting, ${Format.count(failed)} failed`

const page = (status: Status): Markup => {
  const last = status.exports.reduce((latest, { since }) => Math.max(latest, millis(since)), millis(status.startedAt))
  const until = isOver(status) ? last : millis(status.at)
  return ReportPage.page({
    over: `Night ${status.night}`,
    title: verdict(status),
    window: `Night ${status.night}`,
    facts: html`<p class="facts">
      Started ${time(status.startedAt)}; ${isOver(status) ? "it took" : "so far"}
      ${Format.duration(Math.max(0, until - millis(status.startedAt)))}. ${counts(status)}:
      ${Format.plural(status.records, "record")}, ${Format.plural(status.requests, "request")}. Looked at
      ${time(status.at)}.
    </p>`,
    main: [
      reasons(status.exports),
      html`<section aria-labelledby="workspaces">
        <h2 id="workspaces">Workspaces</h2>
        ${status.exports.length === 0 ? html`<p class="empty">None was named.</p>` : table(status.exports)}
      </section>`
    ]
  })
}

/** The text of the page. */
export const render = (status: Status): string => page(status).markup
