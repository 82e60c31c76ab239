import { defineConfig } from "vitest/config"

/** The report's page in a real Chromium (`CHROMIUM`, or Debian's): not part of `pnpm test`, which needs no browser. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ["test/browser/*.browser.ts"],
    maxWorkers: 1,
    testTimeout: 30_000,
    hookTimeout: 60_000
  }
})
