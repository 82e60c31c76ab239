import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import { Diverged } from "@effect-intercom/contract-tests/cli/Diverged"
import type { Divergence } from "@effect-intercom/contract-tests/report/Divergence"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Runtime from "effect/Runtime"
import * as Stream from "effect/Stream"

const found: Divergence = {
  operation: "GET /a",
  direction: "request",
  class: "breaking",
  pointer: "/paths",
  through: [],
  message: "x"
}

describe("a check that breaks", () => {
  const broken: ReadonlyArray<readonly [name: string, of: () => Effect.Effect<{ divergences: []; runs: number }>]> = [
    ["by a defect", () => Effect.die(new RangeError("Maximum call stack size exceeded\n  at x"))],
    [
      "before it is an Effect",
      () => {
        throw new RangeError("Maximum call stack size exceeded")
      }
    ]
  ]
  for (const [name, of] of broken) {
    it.effect(`${name} is a finding with its name, nobody's fault but the suite's`, () =>
      Effect.gen(function* () {
        const { divergences, runs } = yield* Contract.isolated("structure", "GET /a", of)
        assert.strictEqual(runs, 0)
        assert.deepStrictEqual(
          divergences.map(({ fault, message, operation }) => ({ fault, message, operation })),
          [
            {
              fault: "check",
              message:
                "the check structure broke, and says nothing of the client (RangeError: Maximum call stack size exceeded): please report it",
              operation: "GET /a"
            }
          ]
        )
      })
    )
  }

  it.effect("does not swallow an interruption", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Contract.isolated("structure", "GET /a", () => Effect.interrupt))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
    })
  )
})

describe("exit codes", () => {
  it("are 1 for divergences, and 2 when something could not be judged", () => {
    assert.strictEqual(Diverged.of([found])[Runtime.errorExitCode], 1)
    assert.strictEqual(Diverged.of([found, { ...found, fault: "document" }])[Runtime.errorExitCode], 2)
  })

  const program = new URL("../../src/cli/Program.ts", import.meta.url).href
  const run = (main: string) =>
    Effect.gen(function* () {
      const script = `import * as Effect from "effect/Effect"; import { run } from ${JSON.stringify(program)}; ${main}`
      const child = yield* ChildProcess.make(process.execPath, ["--input-type=module", "-e", script], {
        cwd: new URL("../..", import.meta.url).pathname,
        stdin: "ignore"
      })
      const [stderr, code] = yield* Effect.all([Stream.mkString(Stream.decodeText(child.stderr)), child.exitCode], {
        concurrency: 2
      })
      return { stderr, code: Number(code) }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

  it.live("a defect is told in a line, and is no divergence", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* run('run(Effect.die(new TypeError("no such thing")))'), {
        stderr: "The suite broke, and says nothing of the client; please report this: TypeError: no such thing\n",
        code: 2
      })
    })
  )

  it.live("an error is its message", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* run('run(Effect.fail(new Error("the file is empty")))'), {
        stderr: "the file is empty\n",
        code: 2
      })
    })
  )
})
