import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "contract-tests/test/**/*.test.ts", "examples/test/**/*.test.ts"],
    // Two cores, and the suites start servers of their own.
    maxWorkers: 2,
    // Commands that tests start load the same modules again and again.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/node-compile", import.meta.url)) },
    testTimeout: 90_000
  }
})
