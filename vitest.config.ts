import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "contract-tests/test/**/*.test.ts", "examples/test/**/*.test.ts"],
    // Two cores, and the suites start servers of their own.
    maxWorkers: 2,
    testTimeout: 30_000
  }
})
