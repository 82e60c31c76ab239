/** The style of the page. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#faf9f6, #15171a);
  --surface: light-dark(#ffffff, #1d2024);
  --sunken: light-dark(#f4f2ec, #121417);
  --ink: light-dark(#1f2328, #e8e6e1);
  --muted: light-dark(#5b616a, #a5a9b0);
  --rule: light-dark(#e2dfd7, #31353b);
  --breaking: light-dark(#a1251a, #ff9d8f);
  --breaking-soft: light-dark(#fbe8e5, #3b1f1c);
  --drift: light-dark(#795000, #efc06b);
  --drift-soft: light-dark(#faf0d9, #342a15);
  --note: light-dark(#2c5884, #9dc5ee);
  --note-soft: light-dark(#e6eff8, #1b2a3a);
  --accepted: light-dark(#5b616a, #a5a9b0);
  --accepted-soft: light-dark(#efede7, #26292e);
  --ok: light-dark(#2f7148, #84c69a);
  --focus: light-dark(#1a5fd0, #84b4ff);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}
/* Labels are words, and stay whole; only what comes from a document may be of any length. */
h1, h2, h3, h4, legend, label, button, select, dt, thead th, .over, .state, .legend, .keys, .lacking summary { overflow-wrap: normal; hyphens: none; }
header, main, footer { max-width: 78rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2.5rem); }
header { padding-block: 2.5rem 1.5rem; display: flex; gap: 1rem; align-items: start; justify-content: space-between; }
header p { margin: 0; }
.over { color: var(--muted); font-size: .8125rem; letter-spacing: .04em; }
h1 { margin: .25rem 0 .5rem; font-size: clamp(1.75rem, 1.2rem + 2.4vw, 2.5rem); line-height: 1.15; font-weight: 650; letter-spacing: -.02em; text-wrap: balance; }
h2 { margin: 0 0 1rem; font-size: 1.25rem; font-weight: 650; letter-spacing: -.01em; }
h3 { margin: 1.75rem 0 .5rem; font-size: 1rem; font-weight: 650; }
h3 small { color: var(--muted); font-weight: 400; font-size: .875rem; margin-inline-start: .5rem; }
h4 { margin: 0 0 .375rem; font-size: .8125rem; font-weight: 600; color: var(--muted); }
.facts { color: var(--muted); max-width: 60ch; font-size: .9375rem; }
code, pre { font-family: var(--mono); font-size: .8125rem; unicode-bidi: isolate; }
section { margin-block: 0 3rem; }
.skip { position: absolute; inset-inline-start: 1rem; top: -4rem; background: var(--surface); color: var(--ink); padding: .5rem .75rem; border-radius: .375rem; z-index: 3; }
.skip:focus { top: .5rem; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }

button, select {
  font: inherit; font-size: .875rem; color: var(--ink); background: var(--surface);
  border: 1px solid var(--rule); border-radius: .5rem; padding: .375rem .75rem; min-height: 2.25rem; cursor: pointer;
}
button:hover, select:hover { border-color: var(--muted); }
select { max-width: 100%; }
.theme { flex: none; }

.filters {
  display: flex; flex-wrap: wrap; gap: .5rem; align-items: center;
  padding-block: .75rem; margin-block-end: 2rem; background: var(--paper); border-block: 1px solid var(--rule);
}
@media (min-width: 48rem) and (min-height: 36rem) { .filters { position: sticky; top: 0; z-index: 2; } }
.filters fieldset { display: contents; }
.filters legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.filters .state { color: var(--muted); font-size: .875rem; margin: 0; margin-inline-start: auto; }
.toggle { display: inline-flex; align-items: center; gap: .5rem; color: var(--muted); }
.toggle::before { content: ""; inline-size: .625rem; block-size: .625rem; border-radius: 50%; border: 2px solid currentColor; }
.toggle[aria-pressed="true"] { color: var(--tone); background: var(--soft); border-color: var(--tone); font-weight: 600; }
.toggle[aria-pressed="true"]::before { background: currentColor; }
.toggle:disabled, .toggle:disabled:hover { color: var(--muted); background: none; border-color: var(--rule); font-weight: 400; cursor: default; }
.breaking { --tone: var(--breaking); --soft: var(--breaking-soft); }
.drift { --tone: var(--drift); --soft: var(--drift-soft); }
.note { --tone: var(--note); --soft: var(--note-soft); }
.accepted { --tone: var(--accepted); --soft: var(--accepted-soft); }

/* Its cells are as narrow as fingers allow; a phone scrolls what is left. */
.matrix { overflow-x: auto; margin-inline: -.25rem; padding-inline: .25rem; }
table { border-collapse: collapse; inline-size: 100%; }
th { font-weight: 500; text-align: start; }
thead th { color: var(--muted); font-size: .8125rem; padding: .25rem .25rem .5rem; text-align: center; vertical-align: bottom; border-block-end: 1px solid var(--rule); }
thead th:first-child { text-align: start; padding-inline-start: 0; }
tbody th { padding: .3125rem .75rem .3125rem 0; }
tbody th code { white-space: normal; }
tbody tr { border-block-end: 1px solid var(--rule); }
td { text-align: center; padding: .1875rem; }
.method { display: inline-block; inline-size: 4.25em; color: var(--muted); }
.ok { color: var(--ok); }
.none { color: var(--muted); }
.cell {
  min-inline-size: 2.25rem; min-block-size: 1.75rem; padding: 0 .375rem; border-radius: .375rem;
  font-size: .8125rem; font-weight: 600; color: var(--tone); background: var(--soft); border-color: transparent;
}
.cell:hover { border-color: var(--tone); }
.cell.note, .cell.accepted { background: transparent; font-weight: 400; }
.cell[aria-pressed="true"] { background: var(--tone); color: var(--paper); }
.legend { color: var(--muted); font-size: .8125rem; margin-block: .75rem 0; display: grid; gap: .125rem 1.5rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); padding: 0; list-style: none; }
.legend b { color: var(--ink); font-weight: 600; }
.keys { margin-block: 1rem; color: var(--muted); font-size: .875rem; }
summary { cursor: pointer; padding-block: .25rem; }
.lacking { margin-block-start: 1.25rem; color: var(--muted); font-size: .875rem; }
.lacking ul { columns: 22rem auto; padding-inline-start: 0; list-style: none; margin: .5rem 0 0; }
.lacking li { break-inside: avoid; }

.finding { border-block-end: 1px solid var(--rule); content-visibility: auto; contain-intrinsic-size: auto 3.5rem; }
.finding > summary { display: grid; grid-template-columns: 1rem minmax(0, 15rem) minmax(0, 1fr) auto; gap: .25rem .75rem; align-items: baseline; padding: .5625rem .25rem; list-style: none; border-radius: .375rem; }
.finding > summary::-webkit-details-marker { display: none; }
.finding > summary::before { content: "›"; color: var(--tone); font-weight: 700; transition: rotate .12s; }
.finding[open] > summary::before { rotate: 90deg; }
.finding > summary:hover { background: var(--sunken); }
.finding .place { color: var(--muted); font-size: .8125rem; text-align: end; max-inline-size: 18rem; }
.body { padding: .25rem .25rem 1.5rem 2rem; display: grid; gap: 1rem; }
.panes { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.panes > *, .body > * { min-inline-size: 0; }
pre { margin: 0; padding: .75rem; background: var(--sunken); border: 1px solid var(--rule); border-radius: .5rem; overflow: auto; max-block-size: 22rem; font-size: .75rem; line-height: 1.55; }
pre.wrap { white-space: pre-wrap; user-select: all; }
.source { padding-inline: 0; }
.source span { display: block; inline-size: max-content; min-inline-size: 100%; padding-inline: 3.75rem .75rem; position: relative; }
.source span::before { content: attr(data-n); position: absolute; inset-inline-start: 0; inline-size: 3rem; text-align: end; color: var(--muted); }
.source mark { color: inherit; background: none; }
.source span.at { background: var(--soft); box-shadow: inset 3px 0 var(--tone); }
.pairs { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .125rem 1rem; margin: 0; font-size: .875rem; }
.pairs dt { color: var(--muted); }
.pairs dd { margin: 0; }
.why { margin: .375rem 0 0; color: var(--muted); font-size: .875rem; }
.empty { color: var(--muted); padding: 1.5rem; background: var(--sunken); border-radius: .5rem; }
footer { color: var(--muted); font-size: .8125rem; padding-block: 0 2.5rem; }
.hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

@media (max-width: 47.99rem) {
  header { padding-block: 1.5rem 1rem; }
  .filters .state { margin-inline-start: 0; flex-basis: 100%; }
  .filters label { flex-basis: 100%; }
  table, thead, tbody { display: block; }
  thead tr, tbody tr { display: grid; grid-template-columns: repeat(var(--checks), minmax(1.5rem, 1fr)); }
  thead th:first-child { display: none; }
  thead th { white-space: nowrap; writing-mode: vertical-rl; rotate: 180deg; justify-self: center; text-align: start; padding: .25rem 0; border: 0; }
  thead { border-block-end: 1px solid var(--rule); }
  tbody th { grid-column: 1 / -1; padding: .5rem 0 .125rem; }
  tbody tr { padding-block-end: .25rem; }
  td { padding: .0625rem 0; align-self: center; }
  .cell { min-inline-size: 1.5rem; inline-size: calc(100% - .125rem); padding: 0; }
  .method { inline-size: auto; margin-inline-end: .5em; }
  .finding > summary { grid-template-columns: 1rem minmax(0, 1fr); }
  .finding > summary > * { grid-column: 2; }
  .finding .place { text-align: start; max-inline-size: none; }
  .body { padding-inline-start: .25rem; }
  .source span { padding-inline-start: 3rem; }
  .source span::before { inline-size: 2.375rem; }
  .pairs { grid-template-columns: minmax(0, 1fr); }
  .pairs dd { margin-block-end: .375rem; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media print { .filters, .theme, .skip { display: none; } .finding { content-visibility: visible; } }
`
