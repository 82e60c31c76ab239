/** The report's page in a real Chromium (`CHROMIUM`, or Debian's): it fits a phone, can be read, and asks for nothing. */
import * as Report from "@effect-intercom/export/Report"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { chromium, type Browser, type Page } from "playwright-core"
import { flawed } from "../ReportFixture.ts"

const args = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

class Chromium extends Context.Service<Chromium, Browser>()("test/Chromium") {
  static readonly layer = Layer.effect(
    this,
    Effect.acquireRelease(
      Effect.promise(() => chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args })),
      (browser) => Effect.promise(() => browser.close())
    )
  )
}

/** Opens the page, does something, and sees to it that the page did nothing that it must not. */
const visit = <A>(scheme: "light" | "dark", width: number, act: (page: Page) => Promise<A>) =>
  Effect.gen(function* () {
    const browser = yield* Chromium
    const page = yield* Effect.acquireRelease(
      Effect.promise(() => browser.newPage({ colorScheme: scheme, viewport: { width, height: 900 } })),
      (page) => Effect.promise(() => page.close())
    )
    const misdeeds: Array<string> = []
    page.on("console", (message) => misdeeds.push(`console ${message.text()}`))
    page.on("request", (request) => misdeeds.push(`request ${request.url()}`))
    page.on("dialog", (dialog) => misdeeds.push(`dialog ${dialog.message()}`))
    yield* Effect.promise(() => page.setContent(Report.render(flawed)))
    const result = yield* Effect.promise(() => act(page))
    assert.deepStrictEqual(
      misdeeds.filter((misdeed) => !misdeed.startsWith("request data:")),
      []
    )
    return result
  }).pipe(Effect.scoped)

const openAll = (page: Page) =>
  page.locator("details").evaluateAll((elements) => {
    for (const element of elements) (element as HTMLDetailsElement).open = true
  })

/** Texts whose contrast with what is behind them is below 4.5. */
const faint = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
    const rgba = (color: string): ReadonlyArray<number> => {
      if (canvas === null) return []
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = color
      canvas.fillRect(0, 0, 1, 1)
      return [...canvas.getImageData(0, 0, 1, 1).data]
    }
    const luminance = (color: ReadonlyArray<number>) =>
      color
        .slice(0, 3)
        .map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, index) => sum + value * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0)
    const background = (element: Element | null): ReadonlyArray<number> => {
      if (element === null) return [255, 255, 255, 255]
      const color = rgba(getComputedStyle(element).backgroundColor)
      return (color[3] ?? 0) > 0 ? color : background(element.parentElement)
    }
    const texts = [...document.querySelectorAll("body *")].filter(
      (element) =>
        element.checkVisibility() &&
        [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? "").trim() !== "")
    )
    const found = texts.flatMap((element) => {
      const [a = 0, b = 0] = [
        luminance(rgba(getComputedStyle(element).color)),
        luminance(background(element))
      ].toSorted((a, b) => b - a)
      const ratio = (a + 0.05) / (b + 0.05)
      return ratio < 4.5 ? [`${element.tagName}.${element.className} ${ratio.toFixed(2)} ${element.textContent}`] : []
    })
    return { texts: texts.length, found }
  })

layer(Chromium.layer, { excludeTestServices: true, timeout: "60 seconds" })("the report", (it) => {
  for (const scheme of ["light", "dark"] as const) {
    for (const width of [360, 1280]) {
      it.effect(`fits and can be read, ${scheme}, ${width} pixels wide`, () =>
        visit(scheme, width, async (page) => {
          await openAll(page)
          assert.isAtMost(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0)
          const { found, texts } = await faint(page)
          assert.deepStrictEqual(found, [])
          assert.isAbove(texts, 40)
        })
      )
    }
  }

  it.effect("has names for what is seen, on a phone too", () =>
    visit("light", 360, async (page) => {
      assert.strictEqual(await page.getByRole("row").count(), 6)
      assert.strictEqual(await page.getByRole("columnheader", { name: "Quarantined", exact: true }).count(), 1)
      assert.isTrue(await page.getByRole("img", { name: /^contacts: 250 records a second/ }).isVisible())
      assert.strictEqual(await page.getByRole("heading", { level: 1 }).count(), 1)
    })
  )
})
