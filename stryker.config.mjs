/**
 * `pnpm contract:mutate-client`: which faults in the client do its unit tests and the contract suite notice?
 *
 * One file: `--mutate packages/core/src/UnixTime.ts`. The results of earlier runs count unless the mutant or the test
 * that killed it changed; `--force` tests all of them again.
 */
import { forgetStatic } from "./contract-tests/test/stryker/Incremental.ts"

const incrementalFile = "reports/stryker/incremental.json"
forgetStatic(incrementalFile)

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
  thresholds: { high: 95, low: 90, break: 90 },
  warnings: { slow: false }
}
