/** A run's reports as files of a folder. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as Contract from "../checks/Contract.ts"
import * as Html from "./Html.ts"
import * as JUnit from "./JUnit.ts"
import * as Markdown from "./Markdown.ts"
import * as ReportJson from "./ReportJson.ts"
import * as Sarif from "./Sarif.ts"

/** The files, and how each is made. */
export const formats: { readonly [file: string]: (report: ReportJson.ReportJson) => Effect.Effect<string> } = {
  "report.json": (report) => Effect.succeed(ReportJson.text(report)),
  "junit.xml": JUnit.render,
  "report.sarif": Sarif.render,
  "summary.md": (report) => Effect.succeed(Markdown.render(report)),
  "index.html": Html.render
}

/** Writes every format into a folder, which is made when it is not there. Fails when the folder cannot be written to. */
export const write = Effect.fn("Reports.write")(function* (
  folder: string,
  report: Contract.Report,
  options: ReportJson.Options = {}
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const json = yield* ReportJson.make(report, options)
  yield* fs.makeDirectory(folder, { recursive: true })
  for (const [file, render] of Object.entries(formats)) {
    yield* fs.writeFileString(path.join(folder, file), yield* render(json))
  }
  return json
})
