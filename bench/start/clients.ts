/** Builds many clients of every resource, as an application with many workspaces does. */
import { Intercom } from "@effect-intercom/core/Intercom"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { median } from "../internal/Report.ts"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

const build = (index: number) =>
  Effect.runPromise(
    Effect.scoped(
      Layer.build(
        Intercom.layer({ accessToken: Redacted.make(`token-${index}`) }).pipe(Layer.provide(FetchHttpClient.layer))
      )
    )
  )

const many = Number(process.argv[2])
const kept: Array<unknown> = []
const millis: Array<number> = []
const timed = async (index: number) => {
  const start = performance.now()
  kept.push(await build(index))
  return performance.now() - start
}
const first = await timed(0)
// Whatever all clients share is there now.
for (let index = 1; index < 20; index++) await timed(index)
collect()
const before = process.memoryUsage().heapUsed
for (let index = 0; index < many; index++) millis.push(await timed(index))
collect()
const bytes = (process.memoryUsage().heapUsed - before) / many
console.log(JSON.stringify({ first, further: median(millis), bytes }))
process.exit(kept.length > 0 ? 0 : 1)
