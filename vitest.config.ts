import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

const include = ["packages/*/test/**/*.test.ts", "contract-tests/test/**/*.test.ts", "examples/test/**/*.test.ts"]
// They replace a module, which must not be loaded before.
const alone = ["packages/core/test/internal/Compiled.test.ts"]

/** Files that take longer than their size tells: one that came last would keep one worker, and the other would wait. */
const long =
  /\/(contract-tests\/test\/(checks\/(Contract|Published)|cli\/CommandLine)|packages\/(cli\/test\/(Kill|Docs)|export\/test\/(Ndjson|Parquet|Csv))|examples\/test\/(Examples|Docs))\.test\.ts$/

class LongFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    // oxlint-disable-next-line unicorn/no-array-sort -- It is no array's.
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => long.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((one) => !isLong(one))]
  }
}

export default defineConfig({
  test: {
    // Modules are loaded, and code is warm, once per worker instead of once per file: half the time.
    projects: [
      {
        extends: true,
        test: {
          name: "shared",
          include,
          exclude: alone,
          isolate: false,
          // Node loads the sources itself, as it does for the commands: a tenth of the time less than what Vite makes of them.
          experimental: { viteModuleRunner: false, nodeLoader: false }
        }
      },
      { extends: true, test: { name: "alone", include: alone } }
    ],
    sequence: { sequencer: LongFirst },
    // Two cores, and the suites start servers of their own.
    maxWorkers: 2,
    // Commands that tests start load the same modules again and again.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/node-compile", import.meta.url)) },
    testTimeout: 90_000
  }
})
