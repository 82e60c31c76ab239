/**
 * A report as one page that needs nothing else: no server, no network, no other file. Its policy allows no request and
 * no script but its own, and every text of a document is escaped.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as CompactJson from "./CompactJson.ts"
import { html, type Markup, raw } from "./Markup.ts"
import { script } from "./PageScript.ts"
import { style } from "./PageStyle.ts"
import * as ReportJson from "./ReportJson.ts"

type Finding = ReportJson.Finding
type Kind = Finding["class"] | "accepted"

const kinds = ["breaking", "drift", "note", "accepted"] as const

const titles: { readonly [kind in Kind]: string } = {
  breaking: "Breaking",
  drift: "Drift",
  note: "Notes",
  accepted: "Accepted"
}

const meanings: { readonly [kind in Kind]: string } = {
  ...ReportJson.severities,
  accepted: "Known, with a reason, and fails nothing."
}

const kindOf = ({ accepted, class: severity }: Finding): Kind => (accepted === undefined ? severity : "accepted")

const operationName = (operation: string): Markup => {
  const [method = "", path] = operation.split(" ")
  return path === undefined
    ? html`<code>${operation}</code>`
    : html`<code><span class="method">${method} </span>${path}</code>`
}

// The matrix

const checked = ({ runs }: ReportJson.Result): string => (runs > 1 ? `ok, ${runs} tried` : "ok")

const cell = (report: ReportJson.ReportJson, operation: string, check: string): Markup => {
  // What the comparison of operations found is shown in the row of the operation it is about.
  const findings = report.findings.filter(({ touches }) =>
    touches.some((one) => one.operation === operation && one.check === check)
  )
  const result = report.results.find((one) => one.operation === operation && one.check === check)
  const gravest = kinds.find((kind) => findings.some((finding) => kindOf(finding) === kind))
  if (gravest === undefined) {
    return result === undefined
      ? html`<td role="cell"><span class="none" aria-hidden="true">–</span><span class="hidden">not run</span></td>`
      : html`<td role="cell">
          <span class="ok" aria-hidden="true">✓</span><span class="hidden">${checked(result)}</span>
        </td>`
  }
  const counts = kinds.flatMap((kind) => {
    const { length } = findings.filter((finding) => kindOf(finding) === kind)
    return length === 0 ? [] : [`${length} ${kind === "note" && length > 1 ? "notes" : kind}`]
  })
  const failing = ReportJson.failures(findings).length
  return html`<td role="cell">
    <button
      type="button"
      class="cell ${gravest}"
      aria-pressed="false"
      data-operation="${operation}"
      data-check="${check}"
      aria-label="${operation}, ${check}: ${counts.join(", ")}"
      title="${counts.join(", ")}"
    >
      ${failing > 0 ? failing : findings.length}
    </button>
  </td>`
}

const matrix = (report: ReportJson.ReportJson): Markup => {
  const rows = report.operations.filter(
    ({ compared, operation }) => compared || report.results.some((result) => result.operation === operation)
  )
  return html`<table role="table" style="--checks: ${report.checks.length}">
    <caption class="hidden">
      Operations by checks
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Operation</th>
        ${report.checks.map((check) => html`<th role="columnheader" scope="col" title="${ReportJson.describe(check)}">${check}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        ({ operation, resource }) =>
          html`<tr role="row" data-resource="${resource}">
            <th role="rowheader" scope="row">${operationName(operation)}</th>
            ${report.checks.map((check) => cell(report, operation, check))}
          </tr> `
      )}
    </tbody>
  </table>`
}

const lacking = ({ operations }: ReportJson.ReportJson): Markup | undefined => {
  const lacking = operations.filter(({ compared }) => !compared)
  if (lacking.length === 0) return undefined
  return html`<details class="lacking">
    <summary>${ReportJson.count(lacking.length, "operation")} only one side has</summary>
    <ul>
      ${lacking.map(({ operation }) => html`<li>${operationName(operation)}</li>`)}
    </ul>
  </details>`
}

const legend = ({ checks }: ReportJson.ReportJson): Markup =>
  html`<details class="keys">
    <summary>What the checks look at</summary>
    <p>✓ agrees; a number counts what fails, or notes and what is accepted where nothing does; – was not run.</p>
    <ul class="legend">
      ${checks.map((check) => html`<li><b>${check}</b> ${ReportJson.describe(check)}</li>`)}
    </ul>
  </details>`

// A finding

const sourceLines = ({ place }: Finding): Markup | undefined =>
  place &&
  html`<pre class="source" tabindex="0" role="region" aria-label="Lines of ${place.file}">
${place.excerpt.lines.map((line, index) => {
  const number = place.excerpt.first + index
  const at = number === place.line
  return html`<span data-n="${number}" ${raw(at ? ' class="at"' : "")}
    >${at ? html`<mark>${line === "" ? " " : line}</mark>` : html`${line === "" ? " " : line}`}</span
  >`
})}</pre>`

const documentPane = (finding: Finding): Markup => {
  const { place } = finding
  if (place === undefined)
    return html`<div>
      <h4>Document</h4>
      <p class="why">Its text is not at hand.</p>
    </div>`
  const { action } = place
  return html`<div>
    <h4>
      ${action === undefined ? "Document" : action.number === undefined ? "Addition" : "Overlay"} ·
      ${place.file}:${place.line}
    </h4>
    ${sourceLines(finding)}
    ${place.exact ? undefined : html`<p class="why">The place itself is not there; this is the nearest above it.</p>`}
    ${action === undefined ? undefined : html`<p class="why">${action.number === undefined ? "Adds" : `Action ${action.number},`} <code>${action.target}</code>: ${action.description.trim()}</p>`}
    ${place.over === undefined ? undefined : html`<p class="why">It writes over ${place.over.file}:${place.over.line}, which is not as published.</p>`}
  </div>`
}

const partNames = {
  params: "path parameters",
  query: "query",
  payload: "request body",
  success: "answer",
  declaration: "declaration"
} as const

const clientPane = ({ client, method }: Finding): Markup => {
  if (client === undefined) {
    return html`<div>
      <h4>Client</h4>
      <p class="why">${method === undefined ? "It has no such operation." : `Its method is ${method}.`}</p>
    </div>`
  }
  const where = `${partNames[client.part]}${client.pointer === "" ? "" : ` #${client.pointer}`}`
  return html`<div>
    <h4>Client · ${method ?? ""} ${where}</h4>
    <pre tabindex="0" role="region" aria-label="Schema of the client">${CompactJson.render(client.schema)}</pre>
    ${client.missing === undefined ? undefined : html`<p class="why">It has no <code>${client.missing}</code>.</p>`}
  </div>`
}

/** A pointer, which a narrow page breaks between its keys. */
const pointerText = (pointer: string): Markup =>
  html`<code>#${pointer.split("/").map((key, index) => (index === 0 ? html`${key}` : html`/<wbr />${key}`))}</code>`

const pair = (name: string, value: Markup | undefined): Markup | undefined =>
  value &&
  html`<dt>${name}</dt>
    <dd>${value}</dd>`

/** The resources a finding is shown for. */
const resourcesOf = ({ resource, touches }: Finding): ReadonlyArray<string> => [
  ...new Set([resource, ...touches.flatMap(({ method }) => method?.split(".")[0] ?? [])])
]

const finding = (found: Finding, open: boolean): Markup => {
  const {
    accepted,
    check,
    counterexample,
    curl,
    direction,
    message,
    method,
    operation,
    place,
    pointer,
    replay,
    through
  } = found
  const others = ReportJson.others(found)
  return html`<details
    class="finding ${kindOf(found)}"
    data-class="${kindOf(found)}"
    data-resources="${JSON.stringify(resourcesOf(found))}"
    data-cells="${JSON.stringify(found.touches.map((one) => `${one.operation} | ${one.check}`))}"
    ${raw(open ? " open" : "")}
  >
    <summary>
      <code>${operation}${others.length === 0 ? "" : ` +${others.length}`}</code><span>${message}</span
      ><span class="place"
        >${place === undefined ? `#${pointer}` : `${place.file.split("/").at(-1) ?? place.file}:${place.line}`}</span
      >
    </summary>
    <div class="body">
      <dl class="pairs">
        ${[
          pair("Class", html`${titles[found.class]}, found by ${check}${direction === check ? "" : ` (${direction})`}`),
          pair("Accepted", accepted === undefined ? undefined : html`${accepted}`),
          pair("Client", method === undefined ? undefined : html`<code>${method}</code>`),
          pair("Also in", others.length === 0 ? undefined : html`${others.map((one) => html`${operationName(one)} `)}`),
          pair(
            "Also told",
            found.also.length === 0 ? undefined : html`${found.also.map((one) => html`<div>${one}</div>`)}`
          ),
          pair("Place", pointerText(pointer)),
          pair("Through", through.length === 0 ? undefined : html`${through.map((one) => html`${pointerText(one)} `)}`),
          pair(
            "Replay",
            replay &&
              html`<code>--seed ${replay.seed}</code
                >${replay.path === "" ? undefined : html`, path <code>${replay.path}</code>`}`
          )
        ].flatMap((pair) => pair ?? [])}
      </dl>
      <div class="panes">${documentPane(found)}${clientPane(found)}</div>
      ${
        counterexample === undefined
          ? undefined
          : html`<div>
              <h4>Smallest value that shows it</h4>
              <pre tabindex="0" role="region" aria-label="Value">${CompactJson.render(counterexample)}</pre>
            </div>`
      }
      ${
        curl === undefined
          ? undefined
          : html`<div>
              <h4>Request</h4>
              <pre class="wrap" tabindex="0" role="region" aria-label="Request">${curl}</pre>
            </div>`
      }
    </div>
  </details> `
}

const group = (report: ReportJson.ReportJson, kind: Kind): Markup | undefined => {
  const findings = report.findings.filter((finding) => kindOf(finding) === kind)
  if (findings.length === 0) return undefined
  return html`<div class="group">
    <h3 id="${kind}">${titles[kind]} <small>${meanings[kind]}</small></h3>
    ${findings.map((found, index) => finding(found, index === 0 && kind === "breaking"))}
  </div>`
}

// The page

// The policy knows the script by its hash, to the letter.
const element = (name: "script" | "style", content: string): Markup => raw(`<${name}>${content}</${name}>`)

const heading = (report: ReportJson.ReportJson): string => {
  const text = ReportJson.verdict(report)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

const facts = ({ canaries, counts, document, seed }: ReportJson.ReportJson): Markup => {
  const { actions, overlays, title, version } = document
  return html`<p class="facts">
    <code>${document.file}</code
    >${title === undefined ? undefined : html`, ${title}`}${version === undefined ? undefined : html` ${version}`}${overlays.length === 0 ? undefined : html`, with ${ReportJson.count(actions, "change")} from ${ReportJson.count(overlays.length, "file")} of additions and overlays`}.
    ${counts.compared} of ${ReportJson.count(counts.operations, "operation")} compared,
    ${ReportJson.count(canaries, "canary request")} refused, seed ${seed}.
  </p>`
}

const filters = (report: ReportJson.ReportJson): Markup => {
  const { findings, operations } = report
  const resources = [...new Set([...operations, ...findings].map(({ resource }) => resource))].toSorted((a, b) =>
    a.localeCompare(b, "en")
  )
  return html`<form class="filters" data-needs-script hidden aria-label="Filter">
    <fieldset>
      <legend>Class</legend>
      ${kinds.flatMap((kind) => {
        const { length } = findings.filter((finding) => kindOf(finding) === kind)
        // Of what may be accepted there is usually nothing.
        return length === 0 && kind === "accepted"
          ? []
          : [
              html`<button
                type="button"
                class="toggle ${kind}"
                data-toggle="${kind}"
                aria-pressed="true"
                ${raw(length === 0 ? "disabled" : "")}
              >
                ${titles[kind]} ${length}
              </button>`
            ]
      })}
    </fieldset>
    <label
      ><span class="hidden">Resource</span
      ><select id="resource">
        <option value="">All resources</option>
        ${resources.map((resource) => html`<option value="${resource}">${resource}</option>`)}
      </select></label
    >
    <button type="button" id="clear" hidden>Show all</button>
    <p class="state" id="state" role="status"></p>
  </form>`
}

const page = (report: ReportJson.ReportJson, scriptHash: string): Markup =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; img-src data:; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="data:," />
        <title>Contract: ${ReportJson.verdict(report)}</title>
        ${element("style", style)}
      </head>
      <body>
        <a class="skip" href="#findings">Skip to the findings</a>
        <header>
          <div>
            <p class="over">Contract report</p>
            <h1>${heading(report)}</h1>
            ${facts(report)}
          </div>
          <button type="button" class="theme" id="theme" aria-pressed="false" data-needs-script hidden>Dark</button>
        </header>
        <main>
          ${filters(report)}
          <section aria-labelledby="operations">
            <h2 id="operations">Operations</h2>
            <div class="matrix">${matrix(report)}</div>
            ${lacking(report)}${legend(report)}
          </section>
          <section aria-labelledby="findings">
            <h2 id="findings" tabindex="-1">Findings</h2>
            ${
              report.findings.length === 0
                ? html`<p class="empty">Client and document agree, as far as the checks see.</p>`
                : html`${kinds.flatMap((kind) => group(report, kind) ?? [])}
                    <p class="empty" id="nothing" hidden>No finding is of the chosen class and resource.</p>`
            }
          </section>
        </main>
        <footer>${report.tool.name} ${report.tool.version}</footer>
        ${element("script", script)}
      </body>
    </html> `

/** The text of `index.html`. */
export const render: (report: ReportJson.ReportJson) => Effect.Effect<string> = Effect.fnUntraced(function* (report) {
  const digest = yield* Digest.Digest
  const hash = Base64.encode(yield* digest.digest(Digest.sha256, new TextEncoder().encode(script)))
  return page(report, hash).markup
}, Effect.provide(Digest.layerWebCrypto))
