/** What the page does: filters, and the choice of light or dark. It reads data attributes, and writes no markup. */
export const script = `
"use strict"
const root = document.documentElement
const all = (selector) => [...document.querySelectorAll(selector)]
const toggles = all("[data-toggle]")
const cells = all(".cell")
const findings = all(".finding")
const rows = all("tbody tr")
const resource = document.getElementById("resource")
const state = document.getElementById("state")
const clear = document.getElementById("clear")
const pressed = (button) => button.getAttribute("aria-pressed") === "true"
const press = (button, on) => button.setAttribute("aria-pressed", String(on))

const apply = () => {
  const classes = new Set(toggles.filter(pressed).map((toggle) => toggle.dataset.toggle))
  const wanted = resource.value
  const cell = cells.find(pressed)
  let shown = 0
  for (const finding of findings) {
    const { class: kind } = finding.dataset
    const visible =
      classes.has(kind) &&
      (wanted === "" || JSON.parse(finding.dataset.resources).includes(wanted)) &&
      (cell === undefined || JSON.parse(finding.dataset.cells).includes(cell.dataset.operation + " | " + cell.dataset.check))
    finding.hidden = !visible
    if (visible) shown++
  }
  for (const row of rows) row.hidden = wanted !== "" && row.dataset.resource !== wanted
  for (const group of all(".group")) group.hidden = group.querySelector(".finding:not([hidden])") === null
  const nothing = document.getElementById("nothing")
  if (nothing !== null) nothing.hidden = shown > 0
  state.textContent = shown === findings.length ? "All " + shown + " findings" : shown + " of " + findings.length + " findings"
  if (findings.length === 0) state.textContent = "No findings"
  clear.hidden = shown === findings.length && wanted === "" && cell === undefined
}

for (const toggle of toggles) {
  toggle.addEventListener("click", () => {
    press(toggle, !pressed(toggle))
    apply()
  })
}
for (const cell of cells) {
  cell.addEventListener("click", () => {
    const on = !pressed(cell)
    for (const other of cells) press(other, other === cell && on)
    // What was asked for is shown, whatever classes were turned off.
    if (on) for (const toggle of toggles) press(toggle, true)
    apply()
    if (on) {
      const first = findings.find((finding) => !finding.hidden)
      first.open = true
      first.querySelector("summary").focus()
      document.getElementById("findings").scrollIntoView()
    }
  })
}
resource.addEventListener("change", () => {
  for (const cell of cells) press(cell, false)
  apply()
})
clear.addEventListener("click", () => {
  for (const cell of cells) press(cell, false)
  for (const toggle of toggles) press(toggle, true)
  resource.value = ""
  apply()
  resource.focus()
})

const theme = document.getElementById("theme")
const key = "intercom-contract-theme"
const stored = () => {
  try { return localStorage.getItem(key) } catch { return null }
}
const store = (value) => {
  try { localStorage.setItem(key, value) } catch {}
}
const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark"
const show = () => press(theme, isDark())
const chosen = stored()
if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen
theme.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark"
  store(root.dataset.theme)
  show()
})
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show)
for (const hidden of all("[data-needs-script]")) hidden.hidden = false
show()
apply()
`
