import { defineConfig } from "vitest/config"

/** The pages of the reports in a real Chromium (`CHROMIUM`, or Debian's): not part of `pnpm test`, which needs no browser. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ["test/browser/*.browser.ts", "../packages/export/test/browser/*.browser.ts"],
    maxWorkers: 1,
    testTimeout: 30_000,
    hookTimeout: 60_000
  }
})
