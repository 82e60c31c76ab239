// The sink of the example keeps the rules of a sink.
import { Json } from "@effect-intercom/core"
import type { Quarantine, Table } from "@effect-intercom/export"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { Bucket, layer } from "../custom-sink.ts"

interface Part {
  readonly records: ReadonlyArray<Table.Received>
  readonly quarantined: ReadonlyArray<Quarantine.Line>
}

interface Index {
  readonly resource: string
  readonly parts: ReadonlyArray<string>
  readonly superseded: boolean
}

/** A bucket of its own, and what is in it, read without the sink. */
const subject = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  const objects = Layer.provide(Bucket.layerDirectory(directory), NodeServices.layer)
  const read = <A>(key: string) =>
    Effect.map(
      fs.readFileString(`${directory}/${encodeURIComponent(key)}`),
      // Written by the sink.
      (text) => Json.parse(text) as A
    )
  const finished = Effect.map(
    read<{ readonly finished: Readonly<Record<string, Index>> }>("root.json"),
    ({ finished }) => finished
  )
  const parts = (index: Index | undefined) => Effect.forEach(index?.parts ?? [], (part) => read<Part>(part))
  return {
    layer: layer.pipe(Layer.provide([objects, NodeSha256.layer])),
    records: (_: Table.Table, place: string) =>
      Effect.map(
        Effect.flatMap(finished, (all) => parts(all[place])),
        (parts) => parts.flatMap(({ records }) => records)
      ),
    quarantine: ({ name }: Table.Table) =>
      Effect.map(
        Effect.flatMap(finished, (all) =>
          Effect.forEach(
            Object.values(all).filter(({ resource, superseded }) => resource === name && !superseded),
            parts
          )
        ),
        (parts) => parts.flat().flatMap(({ quarantined }) => quarantined)
      ),
    abandon: Effect.gen(function* () {
      const root = `${directory}/root.json`
      yield* fs.writeFileString(root, (yield* fs.readFileString(root)).replace(`"locked":true`, `"locked":false`))
    })
  }
})

describe("the sink over a bucket", () => {
  for (const { check, name } of SinkLaws.laws(subject)) {
    it.live(name, () => Effect.provide(check, NodeServices.layer))
  }
})
