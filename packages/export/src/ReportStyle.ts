/** The style of the report. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#faf9f6, #15171a);
  --surface: light-dark(#ffffff, #1d2024);
  --sunken: light-dark(#f4f2ec, #121417);
  --ink: light-dark(#1f2328, #e8e6e1);
  --muted: light-dark(#5b616a, #a5a9b0);
  --rule: light-dark(#e2dfd7, #31353b);
  --bad: light-dark(#a1251a, #ff9d8f);
  --warn: light-dark(#795000, #efc06b);
  --line: light-dark(#2c5884, #9dc5ee);
  --area: light-dark(#dbe7f3, #1f3247);
  --ok: light-dark(#2f7148, #84c69a);
  --focus: light-dark(#1a5fd0, #84b4ff);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}
header, main, footer { max-width: 72rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2.5rem); }
header { padding-block: 2.5rem 1.5rem; }
header p { margin: 0; }
.over { color: var(--muted); font-size: .8125rem; letter-spacing: .04em; }
h1 { margin: .25rem 0 .5rem; font-size: clamp(1.625rem, 1.2rem + 2.2vw, 2.375rem); line-height: 1.15; font-weight: 650; letter-spacing: -.02em; text-wrap: balance; }
h2 { margin: 0 0 1rem; font-size: 1.25rem; font-weight: 650; letter-spacing: -.01em; }
h3 { margin: 0 0 .25rem; font-size: 1rem; font-weight: 650; }
.facts, .note { color: var(--muted); max-width: 64ch; font-size: .9375rem; }
code { font-family: var(--mono); font-size: .8125rem; unicode-bidi: isolate; }
section { margin-block: 0 3rem; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.bad { color: var(--bad); }
.warn { color: var(--warn); }
.ok { color: var(--ok); }

table { border-collapse: collapse; inline-size: 100%; font-size: .9375rem; }
th { font-weight: 500; text-align: start; }
thead th { color: var(--muted); font-size: .8125rem; padding: .25rem .5rem .5rem; vertical-align: bottom; border-block-end: 1px solid var(--rule); }
tbody tr { border-block-end: 1px solid var(--rule); }
td, tbody th { padding: .5rem; vertical-align: top; }
td.number, th.number { text-align: end; white-space: nowrap; }
th:first-child { padding-inline-start: 0; }
small { display: block; color: var(--muted); font-size: .8125rem; }

.charts { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
figure { margin: 0; padding: 1rem; background: var(--surface); border: 1px solid var(--rule); border-radius: .5rem; }
figcaption { color: var(--muted); font-size: .8125rem; }
.scale { display: flex; justify-content: space-between; color: var(--muted); font-size: .75rem; }
svg { display: block; inline-size: 100%; block-size: 8rem; overflow: visible; }
.area { fill: var(--area); }
.line { fill: none; stroke: var(--line); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.wait { fill: var(--warn); }
.retry { fill: var(--bad); }
.ground { stroke: var(--rule); stroke-width: 1; vector-effect: non-scaling-stroke; }
.key::before { content: ""; display: inline-block; inline-size: .625rem; block-size: .625rem; margin-inline-end: .375rem; border-radius: .125rem; background: currentColor; }
.key { margin-inline-end: 1rem; }
.key.line { color: var(--line); stroke: none; }
.key.wait { color: var(--warn); }
.key.retry { color: var(--bad); }

details { border-block-end: 1px solid var(--rule); }
summary { cursor: pointer; padding-block: .5rem; }
.pairs { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem; margin: 0 0 1rem; font-size: .875rem; }
.pairs dt { color: var(--muted); }
.pairs dd { margin: 0; }
.empty { color: var(--muted); padding: 1.5rem; background: var(--sunken); border-radius: .5rem; }
footer { color: var(--muted); font-size: .8125rem; padding-block: 0 2.5rem; }

@media (max-width: 47.99rem) {
  header { padding-block: 1.5rem 1rem; }
  thead { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody { display: block; }
  tbody tr { display: grid; grid-template-columns: 1fr 1fr; gap: .25rem 1rem; padding-block: .75rem; }
  tbody th { grid-column: 1 / -1; padding: 0; font-weight: 650; }
  td, td.number { display: flex; justify-content: space-between; gap: .5rem; padding: 0; text-align: end; white-space: normal; font-size: .875rem; }
  td::before { content: attr(data-label); color: var(--muted); }
  .wide td { grid-column: 1 / -1; }
  .pairs { grid-template-columns: minmax(0, 1fr); }
}
@media print { details > * { display: block; } }
`
