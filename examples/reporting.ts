// The report of yesterday's conversations, into a file. A program that is stopped while Intercom makes the report resumes
// with the same job.
import { Intercom, ReportingExportId } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Clock, Config, Console, Effect, FileSystem, Option, Schedule, Stream } from "effect"

const day = 86_400

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { reportingExports } = yield* Intercom
  const file = yield* Config.String("REPORT").pipe(Config.withDefault("conversations.csv"))
  const running = `${file}.job`

  const midnight = Math.floor((yield* Clock.currentTimeMillis) / 1000 / day) * day
  const [dataset] = (yield* reportingExports.listDatasets()).data
  if (dataset === undefined) return yield* Console.error("The workspace has nothing to report on.")
  const report = {
    dataset_id: dataset.id,
    attribute_ids: dataset.attributes?.flatMap(({ id }) => id ?? []) ?? [],
    start_time: midnight - day,
    end_time: midnight
  }

  const options = {
    schedule: Schedule.spaced("1 second"),
    onStatus: ({ job_identifier }: { readonly job_identifier: string }) => fs.writeFileString(running, job_identifier)
  }
  const job = yield* Effect.option(fs.readFileString(running))
  const bytes = Option.match(job, {
    onNone: () => reportingExports.run(report, options),
    onSome: (id) => reportingExports.resume(ReportingExportId.make(id), options)
  })
  yield* Stream.run(bytes, fs.sink(file))
  yield* fs.remove(running)
  yield* Console.log(`${file} has ${(yield* fs.stat(file)).size} bytes`)
})

program.pipe(
  Effect.provide(Intercom.layerEnv),
  Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer]),
  NodeRuntime.runMain
)
