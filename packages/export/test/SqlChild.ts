/**
 * A process that exports to a database or to a bucket, to be killed: a table, in batches, each with its checkpoint. It says what it does,
 * a line each, and in the end what it wrote. What it is told comes in the environment.
 */
import * as NodeDuckDb from "@effect-intercom/export/NodeDuckDb"
import * as NodeCompression from "@effect-intercom/export/NodeCompression"
import * as NodeHost from "@effect-intercom/export/NodeHost"
import * as NodeS3 from "@effect-intercom/export/NodeS3"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import * as Postgres from "@effect-intercom/export/Postgres"
import { type Mode, Sink } from "@effect-intercom/export/Sink"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as NodeFs from "node:fs"

const { CHILD_BUCKET, CHILD_DUCKDB, CHILD_FILE, CHILD_MODE, CHILD_PREFIX, CHILD_S3, CHILD_SCHEMA, CHILD_URL } =
  process.env
// As the test has it.
const format = process.env["CHILD_FORMAT"] as "ndjson" | "csv" | "parquet" | undefined

const ofFile =
  CHILD_DUCKDB === undefined ? NodeSqlite.layer({ file: CHILD_FILE ?? "" }) : NodeDuckDb.layer({ file: CHILD_DUCKDB })

const local = CHILD_URL === undefined ? ofFile : Postgres.layer({ url: Redacted.make(CHILD_URL), schema: CHILD_SCHEMA })

const machine = Layer.mergeAll(
  NodeFileSystem.layer,
  NodePath.layer,
  NodeCompression.layer,
  NodeHost.layer,
  NodeSha256.layer
)

type Machine = Layer.Success<typeof machine>

const sink: Layer.Layer<Sink, never, Machine> =
  CHILD_S3 === undefined
    ? local
    : NodeS3.layer({ endpoint: CHILD_S3, bucket: CHILD_BUCKET ?? "", prefix: CHILD_PREFIX, format })

/** At once, also when the process is killed right after. */
const say = (line: string) => Effect.sync(() => NodeFs.writeSync(1, `${line}\n`))

const batches = 12
const size = 40

/** Records overlap from batch to batch, so that later ones take the place of earlier ones. */
const batch = (mode: Mode, at: number) => ({
  records: Array.from({ length: size }, (_, index) => ({
    id: `t${(at * 30 + index + (mode === "merge" ? 100 : 0)) * 7919}`,
    name: `${mode} ${at} ${"x".repeat(index * 10)}`,
    count: at,
    extra: { index }
  })),
  quarantined: [{ resource: "things", error: { message: "does not fit", mismatches: [] }, record: { id: at, mode } }]
})

const program = Effect.gen(function* () {
  // What the environment says comes from the test.
  const mode = CHILD_MODE as Mode
  const { open } = yield* Sink.use(({ connect }) => connect)
  const { checkpoint, commit, finish, forget } = yield* open(SinkLaws.things, mode)
  const done = checkpoint === undefined ? 0 : (JSON.parse(checkpoint) as { readonly done: number }).done
  for (let at = done; at < batches; at++) {
    yield* say("commit")
    yield* commit(batch(mode, at), () => JSON.stringify({ done: at + 1 }))
  }
  yield* say("finish")
  const receipt = yield* finish("things")
  yield* say("forget")
  yield* forget
  yield* say(JSON.stringify(receipt))
})

NodeRuntime.runMain(Effect.scoped(program).pipe(Effect.provide(Layer.provide(sink, machine))))
