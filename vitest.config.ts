import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const include = ["packages/*/test/**/*.test.ts", "contract-tests/test/**/*.test.ts", "examples/test/**/*.test.ts"]
// They replace a module, which must not be loaded before.
const alone = ["packages/core/test/internal/Compiled.test.ts"]

export default defineConfig({
  test: {
    // Modules are loaded, and code is warm, once per worker instead of once per file: half the time.
    projects: [
      { extends: true, test: { name: "shared", include, exclude: alone, isolate: false } },
      { extends: true, test: { name: "alone", include: alone } }
    ],
    // Two cores, and the suites start servers of their own.
    maxWorkers: 2,
    // Commands that tests start load the same modules again and again.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/node-compile", import.meta.url)) },
    testTimeout: 90_000
  }
})
