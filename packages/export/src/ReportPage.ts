/**
 * What the pages of reports have alike: one file of HTML that needs nothing else, no server, no network, no script. The
 * policy allows no request, and every string is escaped.
 */
import { tool } from "./Manifest.ts"
import { html, type Markup, raw } from "./Markup.ts"
import { style } from "./ReportStyle.ts"

export interface Options {
  /** Above the title: what the page is about. */
  readonly over: string
  readonly title: string
  /** Of the window, in front of the title. */
  readonly window: string
  /** Below the title. */
  readonly facts: Markup
  /** The sections. */
  readonly main: ReadonlyArray<Markup>
}

/** A whole page. */
export const page = ({ facts, main, over, title, window }: Options): Markup =>
  html`<!doctype html>
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
        <title>${window}: ${title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <header>
          <p class="over">${over}</p>
          <h1>${title}</h1>
          ${facts}
        </header>
        <main>${main}</main>
        <footer>${tool.name} ${tool.version}</footer>
      </body>
    </html> `

/** A moment, as ISO 8601 in UTC, to the second. */
export const time = (iso: string): Markup =>
  html`<time datetime="${iso}">${iso.replace("T", " ").replace(/(:\d\d)\.\d+Z$/, "$1")} UTC</time>`

/** A cell of a table with a number, under the head of its column on a wide screen, and beside it on a small one. */
export const cell = (label: string, content: Markup | string, tone = ""): Markup =>
  html`<td role="cell" class="number ${tone}" data-label="${label}">${content}</td>`
