/** A headless Chromium with an empty profile, and pages that fail on whatever a report must not do. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { type BrowserContext, chromium, type Page } from "playwright-core"
import { services } from "../Subjects.ts"

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

/** A page, and what it did that no report may do: errors, requests, dialogs. */
export interface Opened {
  readonly page: Page
  readonly misdeeds: ReadonlyArray<string>
}

export interface Options {
  readonly scheme?: "light" | "dark"
  readonly width?: number
}

export class Chromium extends Context.Service<
  Chromium,
  {
    /** Opens a file, without a server; closed with the scope. */
    readonly open: (html: string, options?: Options) => Effect.Effect<Opened, never, import("effect/Scope").Scope>
  }
>()("test/Chromium") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const browser = yield* Effect.acquireRelease(
        Effect.promise(() => chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args })),
        (browser) => Effect.promise(() => browser.close())
      )
      let opened = 0
      return Chromium.of({
        open: (html, { scheme = "light", width = 1280 } = {}) =>
          Effect.gen(function* () {
            const file = `${folder}/${opened++}.html`
            yield* fs.writeFileString(file, html)
            const context = yield* Effect.acquireRelease(
              Effect.promise(() => browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } })),
              (context: BrowserContext) => Effect.promise(() => context.close())
            )
            const page = yield* Effect.promise(() => context.newPage())
            const misdeeds: Array<string> = []
            page.on("console", (message) => misdeeds.push(`console ${message.text()}`))
            page.on("pageerror", (error) => misdeeds.push(`error ${error.message}`))
            page.on("request", (request) => {
              if (request.url() !== `file://${file}` && !request.url().startsWith("data:"))
                misdeeds.push(`request ${request.url()}`)
            })
            page.on("dialog", (dialog) => {
              misdeeds.push(`dialog ${dialog.message()}`)
              void dialog.dismiss()
            })
            yield* Effect.promise(() => page.goto(`file://${file}`))
            return { page, misdeeds }
          }).pipe(Effect.orDie)
      })
    })
  ).pipe(Layer.provide(services))
}
