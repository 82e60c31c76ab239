import { command } from "@effect-intercom/contract-tests/cli/Main"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as TestConsole from "effect/testing/TestConsole"

const said = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(Command.runWith(command, { version: "1" })(args))
    assert.isTrue(CliError.isCliError(error))
    return (yield* TestConsole.errorLines).join("\n")
  }).pipe(Effect.provide(Layer.mergeAll(TestConsole.layer, NodeServices.layer, FetchHttpClient.layer)))

describe("flags of intercom-contract that mean nothing are refused", () => {
  const cases: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
    [["--runs", "0"], /a whole number from 1 to/],
    [["--seed", "99999999999"], /a whole number from/],
    [["--no-overlays", "--overlay", "a.yml"], /--no-overlays and --overlay exclude each other/],
    [["--no-overlays", "--baseline", "b.json"], /--baseline is for documents with their overlays/],
    [["--no-overlays", "--update-baseline"], /--update-baseline is for documents with their overlays/],
    [["--no-overlays", "--notes"], /--notes and --all are for/],
    [["--update-baseline", "--report", "out"], /--update-baseline writes the baseline and prints nothing else/],
    [["live", "--per-page", "151"], /a whole number from 1 to 150/],
    [["live", "--origin", "http://127.0.0.1:1"], /it goes with --har/],
    [["live", "--har", "x.har", "--per-page", "5"], /--per-page is for a workspace/]
  ]
  for (const [args, expected] of cases) {
    it.effect(args.join(" "), () =>
      Effect.gen(function* () {
        assert.match(yield* said(args), expected)
      })
    )
  }
})
