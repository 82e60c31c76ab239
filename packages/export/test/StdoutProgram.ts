/** Writes so many records to the standard output; the tests close it, or give it a full disk. */
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import { Sink } from "@effect-intercom/export/Sink"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import * as Stdout from "@effect-intercom/export/Stdout"
import * as NodeStdio from "@effect/platform-node/NodeStdio"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const count = Number(process.argv[2])

const program = Effect.gen(function* () {
  const { open } = yield* Sink.use(({ connect }) => connect)
  const { commit, finish } = yield* open(SinkLaws.things, "replace")
  for (let id = 0; id < count; id++) {
    yield* commit({ records: [{ type: "thing", id: String(id) }], quarantined: [] }, () => "")
  }
  return yield* finish("things")
}).pipe(
  Effect.scoped,
  Effect.provide(Stdout.layer().pipe(Layer.provide([NodeSha256.layer, NodeStdio.layer]))),
  Effect.matchEffect({
    onFailure: ({ _tag }) => Effect.sync(() => process.stderr.write(_tag)),
    onSuccess: ({ records }) => Effect.sync(() => process.stderr.write(String(records)))
  })
)

await Effect.runPromise(program)
