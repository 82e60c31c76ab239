/** What Stryker runs against each mutant of the client: its unit tests, and the contract checks that need no server. */
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"
import { all } from "./Tests.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))

// The packages in `node_modules` are links to the checkout; the mutants are in Stryker's copy of it, where this file is.
const alias = [
  ["core", "packages/core"],
  ["simulator", "packages/simulator"],
  ["contract-tests", "contract-tests"]
].flatMap(([name, folder]) => [
  { find: new RegExp(`^@effect-intercom/${name}$`), replacement: `${root}/${folder}/src/index.ts` },
  { find: new RegExp(`^@effect-intercom/${name}/(.*)$`), replacement: `${root}/${folder}/src/$1.ts` }
])

const nameOf = (path: string) => Path.basename(path).split(".")[0]

/** The first failure ends the run, so the tests most likely to fail go first: the file's own, the last to fail, the fast. */
class LikelyFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>) {
    const mutated = new Set(this.ctx.config.related?.map(nameOf))
    const order = files.map((file) => {
      const { duration = 0, failed = false } = this.ctx.cache.getTestSpecificationResult(file) ?? {}
      return { file, own: mutated.has(nameOf(file.moduleId)), failed, duration }
    })
    return order
      .toSorted(
        (a, b) => Number(b.own) - Number(a.own) || Number(b.failed) - Number(a.failed) || a.duration - b.duration
      )
      .map(({ file }) => file)
  }
}

export default defineConfig({
  root,
  resolve: { alias },
  test: {
    include: process.env["INTERCOM_MUTATE_TESTS"]?.split(",") ?? [...all],
    // Whatever is mutated is loaded again for each mutant; Effect and Vitest need not be.
    setupFiles: [fileURLToPath(new URL("Setup.ts", import.meta.url))],
    sequence: { sequencer: LikelyFirst },
    // Slow is not dead: the machine may be busy.
    testTimeout: 60_000
  }
})
