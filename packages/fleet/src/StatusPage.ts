/**
 * How a night is, as one page of HTML that needs nothing else: no server, no network, no script. Its policy allows no
 * request, and every string is escaped.
 */
import * as Format from "@effect-intercom/export/Format"
import { tool } from "@effect-intercom/export/Manifest"
import { html, type Markup, raw } from "@effect-intercom/export/Markup"
import { style } from "@effect-intercom/export/ReportStyle"
import * as DateTime from "effect/DateTime"
import * as Failure from "./Failure.ts"
import type { Kind } from "./Night.ts"
import { type Export, isOver, outlook, type Status } from "./Status.ts"

const time = (iso: string): Markup =>
  html`<time datetime="${iso}">${iso.replace("T", " ").replace(/(:\d\d)\.\d+Z$/, "$1")} UTC</time>`

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

const cell = (label: string, content: Markup | string): Markup =>
  html`<td role="cell" class="number" data-label="${label}">${content}</td>`

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
  const title = verdict(status)
  const last = status.exports.reduce((latest, { since }) => Math.max(latest, millis(since)), millis(status.startedAt))
  const until = isOver(status) ? last : millis(status.at)
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="data:," />
        <title>Night ${status.night}: ${title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <header>
          <p class="over">Night ${status.night}</p>
          <h1>${title}</h1>
          <p class="facts">
            Started ${time(status.startedAt)}; ${isOver(status) ? "it took" : "so far"}
            ${Format.duration(Math.max(0, until - millis(status.startedAt)))}. ${counts(status)}:
            ${Format.plural(status.records, "record")}, ${Format.plural(status.requests, "request")}. Looked at
            ${time(status.at)}.
          </p>
        </header>
        <main>
          ${reasons(status.exports)}
          <section aria-labelledby="workspaces">
            <h2 id="workspaces">Workspaces</h2>
            ${status.exports.length === 0 ? html`<p class="empty">None was named.</p>` : table(status.exports)}
          </section>
        </main>
        <footer>${tool.name} ${tool.version}</footer>
      </body>
    </html> `
}

/** The text of the page. */
export const render = (status: Status): string => page(status).markup
