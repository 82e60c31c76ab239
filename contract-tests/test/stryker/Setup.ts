import * as fc from "fast-check"
import { vi } from "vitest"

// A mutant is dead at the first counterexample; nobody reads a smaller one.
fc.configureGlobal({ endOnFailure: true })

// What a few samples do not show is not worth minutes for each mutant; whoever asks for thousands is quick, and counts.
const cap = (runs = 40) => (runs > 1_000 ? runs : Math.min(runs, 40))

vi.mock("fast-check", async (original) => {
  const real = await original<typeof fc>()
  return {
    ...real,
    assert: (property: never, parameters: fc.Parameters<unknown> = {}) =>
      real.assert<unknown>(property, { ...parameters, numRuns: cap(parameters.numRuns) })
  }
})
