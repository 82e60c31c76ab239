/** What `intercom-contract diff` does. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Diff from "../../checks/Diff.ts"
import * as DocumentSource from "../../document/DocumentSource.ts"
import * as Report from "../../report/Report.ts"
import type { Input } from "../DiffCommand.ts"
import { Diverged } from "../Diverged.ts"

/** Fails with {@link Diverged} when something would break. */
export const run = Effect.fnUntraced(function* ({ all, allowRefs, newer, notes, older }: Input) {
  // As they are: what overlays say of one document is not said of another.
  const [before, now] = yield* Effect.all(
    [
      DocumentSource.read({ spec: older, allowRefs, overlays: "none" }),
      DocumentSource.read({ spec: newer, allowRefs, overlays: "none" })
    ],
    { concurrency: "unbounded" }
  )
  const found = yield* Diff.run(before, now)
  yield* Console.log(Printable.lines(Report.difference(found, before.source, now.source, { all, notes })))
  const failures = found.filter((one) => one.class === "breaking" || one.fault !== undefined)
  if (failures.length > 0) return yield* Diverged.of(failures)
})
