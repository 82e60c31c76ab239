/**
 * `pnpm contract:mutate-client`: which faults in the client do its unit tests and the contract suite notice?
 *
 * One file: `--mutate packages/core/src/Search.ts`, with the tests that belong to it where `Tests.ts` has them, or with
 * those that `INTERCOM_MUTATE_TESTS` names, separated by commas. The results of earlier runs count unless the mutant or the test
 * that killed it changed; `--force` tests all of them again.
 */
import { fileURLToPath } from "node:url"
import { forgetStatic } from "./contract-tests/test/stryker/Incremental.ts"
import { mutatedIn, testsFor } from "./contract-tests/test/stryker/Tests.ts"

const incrementalFile = "reports/stryker/incremental.json"
forgetStatic(incrementalFile)
// Stryker's own option for it, `--testFiles`, leaves mutants of the code that runs when a module loads inactive.
process.env.INTERCOM_MUTATE_TESTS ??= testsFor(mutatedIn(process.argv)).join()
process.env.INTERCOM_TEST_NOTIFICATIONS ??= "250"
// Effect is compiled once, not for each mutant.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("node_modules/.cache/node-compile", import.meta.url))

export default {
  mutate: ["packages/core/src/**/*.ts", "!packages/core/src/index.ts"],
  plugins: [
    "@stryker-mutator/vitest-runner",
    "./contract-tests/test/stryker/Names.ts",
    "./contract-tests/test/stryker/Survivors.ts"
  ],
  ignorers: ["names"],
  testRunner: "vitest",
  vitest: { configFile: "contract-tests/test/stryker/vitest.config.ts" },
  coverageAnalysis: "perTest",
  // Schemas, groups and tables are evaluated when a module loads: without their mutants the score would say little.
  ignoreStatic: false,
  incremental: true,
  incrementalFile,
  reporters: ["clear-text", "html", "json", "progress", "survivors"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportMutants: false },
  htmlReporter: { fileName: "reports/stryker/mutation.html" },
  jsonReporter: { fileName: "reports/stryker/mutation.json" },
  tempDirName: "reports/stryker/tmp",
  ignorePatterns: ["dist", "out", "reports"],
  // Stryker would rewrite the project references of a copy, with an API TypeScript 7 no longer has.
  tsconfigFile: "none",
  concurrency: 2,
  timeoutMS: 20_000,
  timeoutFactor: 4,
  // The run fails by `Survivors.ts`, for which a survivor with a reason is none.
  thresholds: { high: 95, low: 90, break: null },
  warnings: { slow: false }
}
