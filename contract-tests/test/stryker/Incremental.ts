/** What Stryker remembers of earlier runs, less what it should not. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"

interface Mutant {
  readonly status: string
  readonly coveredBy?: ReadonlyArray<string>
}

interface Report {
  readonly files: { readonly [file: string]: { readonly mutants: ReadonlyArray<Mutant> } }
}

/**
 * Without the survivors no single test covers, such as those in the code that runs when a module loads: Stryker would
 * take them over whatever tests were written since.
 */
export const withoutStatic = <R extends Report>(report: R): R => ({
  ...report,
  files: Object.fromEntries(
    Object.entries(report.files).map(([name, file]) => [
      name,
      {
        ...file,
        mutants: file.mutants.filter(({ coveredBy = [], status }) => status !== "Survived" || coveredBy.length > 0)
      }
    ])
  )
})

/** Makes Stryker test them again. */
export const forgetStatic = (path: string): void => {
  if (!existsSync(path)) return
  // Stryker wrote it.
  const report = JSON.parse(readFileSync(path, "utf8")) as Report
  writeFileSync(path, JSON.stringify(withoutStatic(report)))
}
