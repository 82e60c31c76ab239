/** What stands in a sink as one page of HTML that needs nothing else: see `ReportPage.ts`. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Changes from "./Changes.ts"
import type { Checkpoint, Counts, Scope } from "./Checkpoint.ts"
import type { RequestStats, Sample } from "./RequestStats.ts"
import * as Format from "./Format.ts"
import { html, type Markup } from "./Markup.ts"
import type { Overview } from "./Overview.ts"
import * as ReportPage from "./ReportPage.ts"
import type { Source } from "./Source.ts"
import type { Missing } from "./Walk.ts"

const { cell, time } = ReportPage

/** An output, complete or not. */
interface Output {
  readonly name: string
  readonly done: boolean
  /** Complete once, and gone since, or of another size. */
  readonly damaged: boolean
  readonly source: Source
  readonly scope: Scope
  readonly counts: Counts
  readonly total: number | null
  readonly complete: boolean | null
  readonly missing: ReadonlyArray<Missing>
  readonly runs: number
  readonly effort: RequestStats
  readonly workedMillis: number
  readonly samples: ReadonlyArray<Sample>
  readonly bytes: number | null
  readonly sha256: string | null
  readonly place: string | null
  /** Of the last step. */
  readonly at: string
}

const outputsOf = ({ damaged, manifest, unfinished }: Overview): ReadonlyArray<Output> => [
  ...unfinished.map((checkpoint: Checkpoint): Output => ({
    ...checkpoint,
    name: checkpoint.scope.output,
    done: false,
    damaged: false,
    complete: null,
    bytes: null,
    sha256: null,
    place: null,
    at: checkpoint.updatedAt
  })),
  ...Object.entries(manifest?.exports ?? {}).map(([name, entry]): Output => ({
    ...entry,
    name,
    done: true,
    damaged: damaged?.has(entry.place) === true,
    at: entry.finishedAt
  }))
]

const sum = (outputs: ReadonlyArray<Output>, of: (output: Output) => number): number =>
  outputs.reduce((all, output) => all + of(output), 0)

const list = new Intl.ListFormat("en-US", { type: "conjunction" })

const verdict = (outputs: ReadonlyArray<Output>): string => {
  if (outputs.length === 0) return "Nothing is exported here"
  const stand = (state: string, names: ReadonlyArray<string>) =>
    names.length === 0 ? [] : [`${list.format(names)} ${names.length === 1 ? "is" : "are"} ${state}`]
  const named = (of: (output: Output) => boolean) => outputs.filter(of).map(({ name }) => name)
  const undone = [
    ...stand(
      "damaged",
      named(({ damaged }) => damaged)
    ),
    ...stand(
      "unfinished",
      named(({ done }) => !done)
    )
  ]
  if (undone.length > 0) return undone.join(", ")
  const quarantined = sum(outputs, ({ counts }) => counts.quarantined)
  const missing = sum(outputs, lacking)
  const duplicates = sum(outputs, duplicatesOf)
  const flaws = [
    ...(quarantined > 0 ? [`${Format.count(quarantined)} quarantined`] : []),
    ...(missing > 0 ? [`${Format.count(missing)} missing`] : []),
    ...(duplicates > 0 ? [Format.plural(duplicates, "duplicate")] : [])
  ]
  const records = Format.plural(
    sum(outputs, ({ counts }) => counts.records),
    "record"
  )
  const drifted = sum(outputs, ({ counts }) => counts.drift?.records ?? 0)
  const told = drifted === 0 ? records : `${records} (${Format.count(drifted)} drifted)`
  return flaws.length === 0 ? `${told}, complete` : `${told}, complete but for ${list.format(flaws)}`
}

/** What the API said there is and did not give: what is named, and what its count has more. */
const lacking = (output: Output): number => (output.done ? Changes.lacking(output) : output.counts.missing)

const duplicatesOf = ({ counts: { duplicates = 0 } }: Output): number => duplicates

/** A manifest is read from a file: its numbers need not be moments. */
const ofSeconds = (seconds: number): Markup =>
  Option.match(DateTime.make(seconds * 1000), {
    onNone: () => html`${seconds}`,
    onSome: (moment) => time(DateTime.formatIso(moment))
  })

// The outputs

const stateOf = ({ damaged, done }: Output): Markup => {
  if (damaged) {
    return html`<span class="warn">damaged</span>: gone, of another size than it was left with, or not readable;
      <code>--force</code> exports it again`
  }
  return done ? html`<span class="ok">complete</span>` : html`<span class="warn">unfinished</span>`
}

const row = (output: Output): Markup => {
  const { at, bytes, counts, effort, name, runs, scope, total, workedMillis } = output
  const missing = lacking(output)
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      ${name}
      <small>
        ${stateOf(output)},
        ${time(at)}${
          scope.since === null ? undefined : html`; what changed after ${ofSeconds(scope.since)}`
        }${scope.where === undefined ? undefined : html`; where <code>${JSON.stringify(scope.where)}</code>`}${
          scope.fields === undefined ? undefined : html`; of each ${scope.fields.join(", ")}`
        }${runs > 1 ? `; in ${runs} runs` : undefined}${
          duplicatesOf(output) > 0 ? `; ${Format.plural(duplicatesOf(output), "duplicate")} left out` : undefined
        }
      </small>
    </th>
    ${[
      cell("Records", Format.count(counts.records)),
      cell("The API counts", total === null ? "–" : Format.count(total)),
      cell("Quarantined", Format.count(counts.quarantined), counts.quarantined > 0 ? "bad" : ""),
      cell("Missing", Format.count(missing), missing > 0 ? "bad" : ""),
      cell("Size", bytes === null ? "–" : Format.bytes(bytes)),
      cell("Took", Format.duration(workedMillis)),
      cell("Requests", Format.count(effort.requests)),
      cell("Sent again", Format.count(effort.retries)),
      cell(
        "Waited",
        effort.waits === 0 ? "–" : `${Format.duration(effort.waitedMillis)}, ${Format.plural(effort.waits, "time")}`
      )
    ]}
  </tr> `
}

const heads = [
  "Records",
  "The API counts",
  "Quarantined",
  "Missing",
  "Size",
  "Took",
  "Requests",
  "Sent again",
  "Waited"
]

const table = (outputs: ReadonlyArray<Output>): Markup =>
  html`<table role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Output</th>
        ${heads.map((head) => html`<th role="columnheader" scope="col" class="number">${head}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${outputs.map(row)}
    </tbody>
  </table>`

// Throughput

/** What happened between two samples. */
interface Stretch {
  /** Seconds of work. */
  readonly from: number
  readonly until: number
  readonly perSecond: number
  /** How much of the time went into waiting, from 0 to 1. */
  readonly waited: number
  readonly retries: number
}

const nothing: Sample = { seconds: 0, records: 0, requests: 0, retries: 0, waitedMillis: 0 }

const mostStretches = 120

/** The samples between which there is something to see: two steps close together do not make a rate. */
const apart = (samples: ReadonlyArray<Sample>): ReadonlyArray<Sample> => {
  const last = samples.at(-1) ?? nothing
  const least = last.seconds / mostStretches
  const kept: Array<Sample> = []
  for (const sample of samples) {
    const since = sample.seconds - (kept.at(-1)?.seconds ?? 0)
    if (since >= least && last.seconds - sample.seconds >= least) kept.push(sample)
  }
  return [...kept, last]
}

const stretches = (all: ReadonlyArray<Sample>): ReadonlyArray<Stretch> =>
  apart(all).flatMap((sample, index, samples) => {
    const before = samples[index - 1] ?? nothing
    const seconds = sample.seconds - before.seconds
    if (seconds <= 0) return []
    return [
      {
        from: before.seconds,
        until: sample.seconds,
        // A walk that started over has fewer than before.
        perSecond: Math.max(0, sample.records - before.records) / seconds,
        // Several requests wait at once, and each counts.
        waited: Math.min(1, Math.max(0, sample.waitedMillis - before.waitedMillis) / 1000 / seconds),
        retries: Math.max(0, sample.retries - before.retries)
      }
    ]
  })

const width = 600
const height = 120

const round = (value: number): string => String(Math.round(value * 10) / 10)

const chart = ({ counts, name, runs, samples }: Output): Markup | undefined => {
  const all = stretches(samples)
  const end = all.at(-1)?.until ?? 0
  const peak = Math.max(...all.map(({ perSecond }) => perSecond))
  // What was over at once has no course.
  if (all.length < 2 || end < 1 || peak <= 0) return undefined
  const x = (seconds: number) => round((seconds / end) * width)
  const y = (perSecond: number) => round(height - (perSecond / peak) * (height - 16))
  const steps = all.map(({ from, perSecond, until }) => `L${x(from)} ${y(perSecond)}L${x(until)} ${y(perSecond)}`)
  const top = steps.join("").slice(1)
  const mean = counts.records / end
  const label = `${name}: ${Format.count(mean)} records a second on average, ${Format.count(peak)} at most, over ${Format.duration(end * 1000)}`
  return html`<figure>
    <h3>${name}</h3>
    <div class="scale"><span>${Format.count(peak)} records/s</span></div>
    <svg viewBox="0 0 ${width} ${height + 8}" preserveAspectRatio="none" role="img" aria-label="${label}">
      <path class="area" d="M0 ${height}L${top}L${width} ${height}Z" />
      <path class="line" d="M${top}" />
      <path class="ground" d="M0 ${height}H${width}" />
      ${all.flatMap(({ from, until, waited }) =>
        waited < 0.01
          ? []
          : [
              html`<rect
                class="wait"
                x="${x(from)}"
                y="${height + 2}"
                width="${round(((until - from) / end) * width)}"
                height="6"
                opacity="${round(0.25 + 0.75 * waited)}"
              />`
            ]
      )}
      ${all.flatMap(({ retries, until }) =>
        retries === 0
          ? []
          : [html`<rect class="retry" x="${round((until / end) * width - 1)}" y="0" width="2" height="8" />`]
      )}
    </svg>
    <div class="scale"><span>0 s</span><span>${Format.duration(end * 1000)}</span></div>
    <figcaption>
      ${Format.count(mean)} records/s on average.${runs > 1 ? " The time between two runs is left out." : undefined}
    </figcaption>
  </figure> `
}

const charts = (outputs: ReadonlyArray<Output>): Markup | undefined => {
  const drawn = outputs.flatMap((output) => chart(output) ?? [])
  if (drawn.length === 0) return undefined
  return html`<section aria-labelledby="throughput">
    <h2 id="throughput">Throughput</h2>
    <p class="note">
      <span class="key line">records a second</span> <span class="key wait">waiting for the rate limit</span>
      <span class="key retry">requests sent again</span>
    </p>
    <div class="charts">${drawn}</div>
  </section>`
}

// What is not there

const reasons = (outputs: ReadonlyArray<Output>): Markup | undefined => {
  const flawed = outputs.filter(({ counts }) => counts.quarantined > 0)
  if (flawed.length === 0) return undefined
  return html`<section aria-labelledby="quarantine">
    <h2 id="quarantine">Quarantined records</h2>
    <p class="note">
      They have no identity, or cannot be stored; in a strict export, they do not fit the schema. Each stands in the
      quarantine as it was received.
    </p>
    <table role="table" class="wide">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Output</th>
          <th role="columnheader" scope="col">Why</th>
          <th role="columnheader" scope="col" class="number">Records</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${flawed.flatMap(({ counts: { reasons = {} }, name }) =>
          Object.entries(reasons)
            .toSorted(([, a], [, b]) => b - a)
            .map(
              ([why, count]) =>
                html`<tr role="row">
                  <th role="rowheader" scope="row">${name}</th>
                  <td role="cell" data-label="Why"><code>${why}</code></td>
                  ${cell("Records", Format.count(count))}
                </tr> `
            )
        )}
      </tbody>
    </table>
  </section>`
}

const drifts = (outputs: ReadonlyArray<Output>): Markup | undefined => {
  const drifted = outputs.flatMap(({ counts: { drift }, name }) => (drift === undefined ? [] : [{ drift, name }]))
  if (drifted.length === 0) return undefined
  const others = drifted.reduce((all, { drift }) => all + (drift.others ?? 0), 0)
  return html`<section aria-labelledby="drift">
    <h2 id="drift">Drift</h2>
    <p class="note">
      ${list.format(drifted.map(({ drift, name }) => `${Format.plural(drift.records, "record")} of ${name}`))}
      ${drifted.length === 1 && drifted[0]?.drift.records === 1 ? "differs" : "differ"} from the schema, written as
      received. A name the schema does not have is <code>*</code>.
      ${others > 0 ? `${Format.plural(others, "difference")} of further kinds ${others === 1 ? "is" : "are"} not listed.` : undefined}
    </p>
    <table role="table" class="wide">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Output</th>
          <th role="columnheader" scope="col">Where</th>
          <th role="columnheader" scope="col">Expected</th>
          <th role="columnheader" scope="col">Found</th>
          <th role="columnheader" scope="col" class="number">Records</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${drifted.flatMap(({ drift: { kinds }, name }) =>
          kinds
            .toSorted((a, b) => b.records - a.records)
            .map(
              ({ expected, path, records, shape }) =>
                html`<tr role="row">
                  <th role="rowheader" scope="row">${name}</th>
                  <td role="cell" data-label="Where"><code>${path}</code></td>
                  <td role="cell" data-label="Expected"><code>${expected}</code></td>
                  <td role="cell" data-label="Found"><code>${shape}</code></td>
                  ${cell("Records", Format.count(records))}
                </tr> `
            )
        )}
      </tbody>
    </table>
  </section>`
}

const said = ({ expected, found, reason, what }: Missing): string =>
  reason !== undefined
    ? `the request for ${what === "record" ? "it" : `its ${what}`} failed: ${reason}`
    : what === "record"
      ? "was listed, and gone when it was asked for"
      : found === 0 && expected === 1
        ? `was listed, and gone when its ${what} were asked for`
        : `${found} of ${expected} ${what}`

const absent = (outputs: ReadonlyArray<Output>): Markup | undefined => {
  const flawed = outputs.filter((output) => lacking(output) > 0)
  if (flawed.length === 0) return undefined
  return html`<section aria-labelledby="missing">
    <h2 id="missing">Missing records</h2>
    ${flawed.map((output) => {
      const { counts, missing, name, total } = output
      const unnamed = lacking(output) - missing.length
      return html`<details>
        <summary>${name}: ${Format.count(lacking(output))}</summary>
        <dl class="pairs">
          ${missing.map(
            (one) =>
              html`<dt><code>${one.id}</code></dt>
                <dd>${said(one)}</dd>`
          )}
        </dl>
        ${
          unnamed > 0
            ? html`<p class="note">
                ${Format.count(unnamed)} more ${unnamed === 1 ? "is" : "are"} not named: the API counts
                ${total === null ? "more" : Format.count(total)}, and gave
                ${Format.count(counts.read - (counts.duplicates ?? 0))}. Records that are deleted during an export make
                such a difference.
              </p>`
            : undefined
        }
      </details>`
    })}
  </section>`
}

const digests = (outputs: ReadonlyArray<Output>): Markup | undefined => {
  const done = outputs.filter(({ sha256 }) => sha256 !== null)
  if (done.length === 0) return undefined
  return html`<section aria-labelledby="digests">
    <h2 id="digests">Digests</h2>
    <details>
      <summary>SHA-256 of each output</summary>
      <dl class="pairs">
        ${done.map(
          ({ place, sha256 }) =>
            html`<dt>${place ?? ""}</dt>
              <dd><code>${sha256 ?? ""}</code></dd>`
        )}
      </dl>
    </details>
  </section>`
}

// The page

const facts = (overview: Overview, outputs: ReadonlyArray<Output>): Markup => {
  const source = outputs[0]?.source
  const effort = (of: (effort: RequestStats) => number) => sum(outputs, ({ effort }) => of(effort))
  return html`<p class="facts">
    <code>${overview.name}</code>${
      source === undefined
        ? undefined
        : html`, workspace ${source.workspace ?? "unknown"} at ${source.baseUrl}, API version ${source.version}`
    }.
    ${
      outputs.length === 0
        ? undefined
        : `${Format.plural(
            effort(({ requests }) => requests),
            "request"
          )}, ${Format.count(effort(({ retries }) => retries))} of them sent again; they waited ${Format.duration(
            effort(({ waitedMillis }) => waitedMillis)
          )} for the rate limit, taken together.`
    }
  </p>`
}

const page = (overview: Overview): Markup => {
  const outputs = outputsOf(overview)
  return ReportPage.page({
    over: "Export report",
    title: verdict(outputs),
    window: "Export",
    facts: facts(overview, outputs),
    main: [
      html`<section aria-labelledby="outputs">
        <h2 id="outputs">Outputs</h2>
        ${outputs.length === 0 ? html`<p class="empty">No manifest, and no checkpoint.</p>` : table(outputs)}
      </section> `,
      ...[charts, reasons, absent, drifts, digests].flatMap((section) => section(outputs) ?? [])
    ]
  })
}

/** The text of the page. */
export const render = (overview: Overview): string => page(overview).markup
