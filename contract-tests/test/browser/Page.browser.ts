import * as Html from "@effect-intercom/contract-tests/report/Html"
import * as JUnit from "@effect-intercom/contract-tests/report/JUnit"
import * as ReportJson from "@effect-intercom/contract-tests/report/ReportJson"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Page } from "playwright-core"
import { hostile, make, type Options as ReportOptions } from "../report/ReportFixture.ts"
import { services } from "../Subjects.ts"
import { Chromium, type Options } from "./Chromium.ts"

const report = (options: ReportOptions = {}) =>
  make(options).pipe(Effect.flatMap(ReportJson.make), Effect.provide(services))

/** Opens the page of a report, does something, and sees to it that the page did nothing it must not. */
const visit = <A>(act: (page: Page) => Promise<A>, options: Options & { readonly report?: ReportOptions } = {}) =>
  Effect.gen(function* () {
    const chromium = yield* Chromium
    const { misdeeds, page } = yield* chromium.open(yield* Html.render(yield* report(options.report)), options)
    const result = yield* Effect.promise(() => act(page))
    assert.deepStrictEqual(misdeeds, [])
    return result
  }).pipe(Effect.scoped)

const openAll = (page: Page) =>
  page.locator("details").evaluateAll((elements) => {
    for (const element of elements) (element as HTMLDetailsElement).open = true
  })

const shown = (page: Page) => page.locator(".finding:visible").count()
const state = (page: Page) => page.locator("#state").textContent()

/** Texts whose contrast with what is behind them is too small, of those in sight. */
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
        [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? "").trim() !== "") &&
        !["SCRIPT", "STYLE"].includes(element.tagName)
    )
    const found = texts.flatMap((element) => {
      const [a = 0, b = 0] = [
        luminance(rgba(getComputedStyle(element).color)),
        luminance(background(element))
      ].toSorted((a, b) => b - a)
      const ratio = (a + 0.05) / (b + 0.05)
      return ratio < 4.5
        ? [`${element.tagName}.${element.className} ${ratio.toFixed(2)} ${element.textContent?.slice(0, 40)}`]
        : []
    })
    return { texts: texts.length, found, dark: luminance(background(document.body)) < 0.2 }
  })

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

layer(Chromium.layer, { excludeTestServices: true, timeout: "60 seconds" })("the page of a report", (it) => {
  it.effect("shows every finding, the lines of the document beside the client's schema", () =>
    visit(async (page) => {
      assert.strictEqual(await page.locator("h1").textContent(), "2 breaking, 2 drift")
      assert.strictEqual(await shown(page), 5)
      assert.strictEqual(await state(page), "All 5 findings")
      const finding = page.locator(".finding", { hasText: "owner_id:" }).first()
      assert.isTrue(await finding.evaluate((element) => (element as HTMLDetailsElement).open))
      const marked = finding.locator(".source .at")
      assert.strictEqual((await marked.textContent())?.trim(), "type: integer")
      assert.strictEqual(await marked.getAttribute("data-n"), "30")
      const schema = await finding.getByLabel("Schema of the client").textContent()
      assert.include(schema, '"type": "integer"')
      const boxes = await Promise.all(
        [marked, finding.getByLabel("Schema of the client")].map((one) => one.boundingBox())
      )
      assert.isBelow((boxes[0]?.x ?? 0) + (boxes[0]?.width ?? 0), boxes[1]?.x ?? 0)
    })
  )

  it.effect("shows an overlay's finding with its action", () =>
    visit(async (page) => {
      const finding = page.locator(".finding", { hasText: "email: the client does not know it" })
      await finding.locator("summary").click()
      assert.include(
        await finding.textContent(),
        "Action 1, $.components.schemas.Admin.properties: Sent by the live API."
      )
      assert.strictEqual((await finding.locator(".source .at").textContent())?.trim(), "type: string")
    })
  )

  it.effect("takes hostile texts for texts", () =>
    visit(async (page) => {
      await openAll(page)
      assert.strictEqual(await page.locator("script").count(), 1)
      assert.strictEqual(await page.locator("img, iframe, object, embed, base").count(), 0)
      assert.strictEqual(await page.locator("a:not([href^='#'])").count(), 0)
      const text = await page.locator(".finding", { hasText: "owner_id:" }).first().locator("summary").textContent()
      assert.include(text, hostile.slice(0, hostile.indexOf("\0")))
    })
  )

  it.effect("would not run even what got in as markup", () =>
    Effect.gen(function* () {
      const chromium = yield* Chromium
      const html = (yield* Html.render(yield* report())).replace(
        "</main>",
        "<script>document.title = 'run'</script><img src='data:,x' onerror='document.title = 1'></main>"
      )
      const { misdeeds, page } = yield* chromium.open(html)
      assert.strictEqual(yield* Effect.promise(() => page.title()), "Contract: 2 breaking, 2 drift")
      // The browser says what it refused.
      assert.isAtLeast(misdeeds.length, 2)
      for (const misdeed of misdeeds) assert.match(misdeed, /^console .*Content Security Policy/)
    }).pipe(Effect.scoped)
  )

  it.effect("filters by class and resource, and shows all again", () =>
    visit(async (page) => {
      const drift = page.locator("[data-toggle=drift]")
      await drift.click()
      assert.strictEqual(await drift.getAttribute("aria-pressed"), "false")
      assert.strictEqual(await shown(page), 3)
      assert.strictEqual(await state(page), "3 of 5 findings")
      assert.isFalse(await page.locator("#drift").isVisible())
      await page.locator("#resource").selectOption("Contacts")
      assert.strictEqual(await shown(page), 3)
      assert.deepStrictEqual(await page.locator("tbody tr:visible th").allTextContents(), [
        "GET /contacts",
        "POST /contacts"
      ])
      await page.locator("#resource").selectOption("Admins")
      assert.strictEqual(await shown(page), 0)
      assert.isTrue(await page.locator("#nothing").isVisible())
      await page.locator("#clear").click()
      assert.strictEqual(await state(page), "All 5 findings")
      assert.isFalse(await page.locator("#clear").isVisible())
      await page.locator("#resource").selectOption("Tags")
      assert.strictEqual(await state(page), "1 of 5 findings")
    })
  )

  it.effect("a cell of the matrix shows what was found there", () =>
    visit(async (page) => {
      const cell = page.getByRole("button", { name: "POST /contacts, requests: 2 breaking" })
      assert.strictEqual((await cell.textContent())?.trim(), "2")
      await cell.click()
      assert.strictEqual(await shown(page), 2)
      assert.strictEqual(await cell.getAttribute("aria-pressed"), "true")
      assert.isTrue(
        await page
          .locator(".finding:visible summary")
          .first()
          .evaluate((element) => element === document.activeElement)
      )
      await cell.click()
      assert.strictEqual(await shown(page), 5)
      assert.strictEqual(
        await page
          .getByRole("row", { name: /GET \/contacts/ })
          .getByText("ok, 50 tried")
          .count(),
        2
      )
    })
  )

  it.effect("is used by keyboard alone, and shows where it is", () =>
    visit(async (page) => {
      const focused = () =>
        page.evaluate(() => {
          const { activeElement } = document
          const { outlineStyle, outlineWidth } = getComputedStyle(activeElement ?? document.body)
          return {
            name:
              activeElement?.id ||
              activeElement?.getAttribute("data-toggle") ||
              activeElement?.className ||
              activeElement?.tagName,
            outlined: outlineStyle !== "none" && outlineWidth !== "0px"
          }
        })
      const order: Array<string | undefined> = []
      for (let presses = 0; presses < 60 && order.at(-1) !== "BODY"; presses++) {
        await page.keyboard.press("Tab")
        const { name, outlined } = await focused()
        if (name !== "BODY") assert.isTrue(outlined, name)
        order.push(name)
      }
      assert.deepStrictEqual(order.slice(0, 6), ["skip", "theme", "breaking", "drift", "note", "resource"])
      assert.isAtLeast(order.filter((name) => name?.startsWith("cell")).length, 2)
      assert.isAtLeast(order.filter((name) => name === "SUMMARY").length, 5)

      await page.locator("[data-toggle=breaking]").focus()
      await page.keyboard.press("Space")
      assert.strictEqual(await shown(page), 3)
      await page.keyboard.press("Tab")
      await page.keyboard.press("Enter")
      assert.strictEqual(await shown(page), 1)
      await page.locator("#resource").focus()
      await page.keyboard.type("Adm")
      assert.strictEqual(await page.locator("#resource").inputValue(), "Admins")
      await page.locator("#clear").focus()
      await page.keyboard.press("Enter")
      assert.strictEqual(await shown(page), 5)
      await page.locator(".finding summary").nth(1).focus()
      await page.keyboard.press("Enter")
      assert.isTrue(await page.locator(".finding .body").nth(1).isVisible())
      await page.locator(".skip").focus()
      await page.keyboard.press("Enter")
      assert.strictEqual((await focused()).name, "findings")
    })
  )

  it.effect("has landmarks, names, and one heading above all", () =>
    visit(async (page) => {
      for (const role of ["banner", "main", "contentinfo"] as const)
        assert.strictEqual(await page.getByRole(role).count(), 1, role)
      assert.strictEqual(await page.getByRole("form", { name: "Filter" }).count(), 1)
      assert.strictEqual(await page.getByRole("table", { name: "Operations by checks" }).count(), 1)
      assert.strictEqual(await page.getByRole("combobox", { name: "Resource" }).count(), 1)
      assert.deepStrictEqual(await page.getByRole("heading", { level: 1 }).allTextContents(), ["2 breaking, 2 drift"])
      assert.strictEqual(await page.getByRole("columnheader").count(), 5)
      const nameless = await page
        .locator("button, select, summary, a")
        .evaluateAll(
          (elements) =>
            elements.filter(
              (element) => !element.getAttribute("aria-label") && (element.textContent ?? "").trim() === ""
            ).length
        )
      assert.strictEqual(nameless, 0)
      assert.strictEqual(await page.evaluate(() => document.documentElement.lang), "en")
    })
  )

  for (const scheme of ["light", "dark"] as const) {
    it.effect(`is legible in ${scheme}`, () =>
      visit(
        async (page) => {
          await openAll(page)
          const { dark, found, texts } = await faint(page)
          assert.deepStrictEqual(found, [])
          assert.isAbove(texts, 100)
          assert.strictEqual(dark, scheme === "dark")
          await page.locator(".cell").first().click()
          assert.deepStrictEqual((await faint(page)).found, [])
        },
        { scheme }
      )
    )
  }

  it.effect("changes between light and dark, and remembers", () =>
    visit(async (page) => {
      const theme = page.getByRole("button", { name: "Dark" })
      assert.strictEqual(await theme.getAttribute("aria-pressed"), "false")
      await theme.click()
      assert.strictEqual(await theme.getAttribute("aria-pressed"), "true")
      const { dark, found } = await faint(page)
      assert.isTrue(dark)
      assert.deepStrictEqual(found, [])
      await page.reload()
      assert.isTrue((await faint(page)).dark)
      assert.strictEqual(await theme.getAttribute("aria-pressed"), "true")
      await theme.click()
      assert.isFalse((await faint(page)).dark)
    })
  )

  for (const width of [320, 390, 768, 1280]) {
    it.effect(`fits ${width} pixels`, () =>
      visit(
        async (page) => {
          assert.isAtMost(await overflow(page), 0)
          await openAll(page)
          assert.isAtMost(await overflow(page), 0)
          const small = await page.locator("button:visible, select:visible, summary:visible").evaluateAll((elements) =>
            elements.flatMap((element) => {
              const { height, width } = element.getBoundingClientRect()
              return height < 24 || width < 24 ? [`${element.className} ${width}×${height}`] : []
            })
          )
          assert.deepStrictEqual(small, [])
        },
        { width, report: { further: 8 } }
      )
    )
  }

  it.effect("says so when nothing was found", () =>
    visit(
      async (page) => {
        assert.strictEqual(await page.locator("h1").textContent(), "No divergences")
        assert.strictEqual(await state(page), "No findings")
        assert.strictEqual(await page.locator("[data-toggle]:disabled").count(), 3)
        assert.isTrue(await page.getByText("Client and document agree").isVisible())
        assert.strictEqual(await page.locator(".cell").count(), 0)
        assert.deepStrictEqual((await faint(page)).found, [])
      },
      { report: { none: true } }
    )
  )

  it.effect("breaks no word of a label on a phone", () =>
    visit(
      async (page) => {
        await openAll(page)
        const broken = await page.evaluate(() =>
          [
            ...document.querySelectorAll(
              "h1, h2, h3, legend, button, dt, thead th, summary b, .legend b, .over, .state"
            )
          ]
            .filter((element) => element.checkVisibility())
            .flatMap((element) => [...element.childNodes].filter((node) => node.nodeType === 3))
            .flatMap((node) =>
              [...(node.textContent ?? "").matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
                const range = document.createRange()
                range.setStart(node, index)
                range.setEnd(node, index + word.length)
                return range.getClientRects().length > 1 ? [word] : []
              })
            )
        )
        assert.deepStrictEqual(broken, [])
        assert.isAtMost(await page.evaluate(() => document.documentElement.scrollWidth), 360)
      },
      { width: 360, report: { further: 8 } }
    )
  )

  it.effect("stays quick with thousands of findings", () =>
    visit(
      async (page) => {
        assert.strictEqual(await state(page), "All 5000 findings")
        const millis = await page.evaluate(() => {
          const start = performance.now()
          document.querySelector<HTMLElement>("[data-toggle=drift]")?.click()
          return performance.now() - start
        })
        assert.strictEqual(await state(page), "3000 of 5000 findings")
        assert.isBelow(millis, 2000)
      },
      { report: { times: 1000 } }
    )
  )

  it.effect("junit.xml is well-formed for a browser's parser, too", () =>
    Effect.gen(function* () {
      const chromium = yield* Chromium
      const xml = yield* JUnit.render(yield* report())
      const { page } = yield* chromium.open("<!doctype html><title>x</title>")
      const seen = yield* Effect.promise(() =>
        page.evaluate((xml) => {
          const parsed = new DOMParser().parseFromString(xml, "application/xml")
          return {
            errors: parsed.querySelectorAll("parsererror").length,
            tests: parsed.querySelectorAll("testcase").length,
            failure: parsed.querySelector("testcase[classname='POST /contacts'] failure")?.getAttribute("message")
          }
        }, xml)
      )
      assert.strictEqual(seen.errors, 0)
      assert.strictEqual(seen.tests, 13)
      assert.include(seen.failure ?? "", "</script><script>alert(1)</script>")
    }).pipe(Effect.scoped)
  )
})
