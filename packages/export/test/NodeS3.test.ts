/**
 * The sink over object storage: in a bucket in memory, which is killed at every operation; and on a server, where
 * `.ci/objects` runs one and says where.
 */
import * as Json from "@effect-intercom/core/Json"
import * as Csv from "@effect-intercom/export/Csv"
import { BucketFailed, type Reason } from "@effect-intercom/export/ExportError"
import type { Bucket } from "@effect-intercom/export/internal/Bucket"
import { plain } from "@effect-intercom/export/internal/FileFormat"
import * as FileFormats from "@effect-intercom/export/internal/FileFormats"
import * as ObjectSink from "@effect-intercom/export/internal/ObjectSink"
import * as S3Bucket from "@effect-intercom/export/internal/S3Bucket"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as NodeCompression from "@effect-intercom/export/NodeCompression"
import * as NodeHost from "@effect-intercom/export/NodeHost"
import * as NodeS3 from "@effect-intercom/export/NodeS3"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as Parquet from "@effect-intercom/export/Parquet"
import type { Line } from "@effect-intercom/export/Quarantine"
import { type Batch, type Connection, type Mode, Sink } from "@effect-intercom/export/Sink"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import type { Table } from "@effect-intercom/export/Table"
import * as Tables from "@effect-intercom/export/Table"
import * as S3 from "@aws-sdk/client-s3"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { parquetReadObjects } from "hyparquet"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as MemoryBucket from "./MemoryBucket.ts"
import { often, some } from "./Kills.ts"
import { survive, timeout, undisturbed } from "./SqlKill.ts"

const machine = Layer.mergeAll(NodeCompression.layer, NodeHost.layer, NodeSha256.layer)

const dead = new BucketFailed({ bucket: MemoryBucket.place, description: "killed" })

const linesOf = (text: string) => text.split("\n").filter((line) => line !== "")

const rootKey = ".export/root.json"

/** Makes the lock look left behind by a process on another host. */
const abandoned = (root: string): string =>
  root
    .replace(/"host":"[^"]*"/, `"host":"elsewhere"`)
    .replace(/"renewedAt":"[^"]*"/, `"renewedAt":"2020-01-01T00:00:00.000Z"`)

/** A bucket, by other means than the sink's. */
interface Raw {
  readonly get: (key: string) => Effect.Effect<Uint8Array>
  readonly put: (key: string, text: string) => Effect.Effect<void>
}

const nothing = new Uint8Array()

/** What was written. That it is what the sinks of files write, which others read, a test of its own tries. */
const recordsIn = Effect.fnUntraced(function* (table: Table, place: string, bytes: Uint8Array) {
  const format = yield* FileFormats.ofName(place)
  assert.isDefined(format)
  if (format.extension === "parquet") {
    const recordOf = Tables.recordOf(table)
    const rows = yield* Effect.promise(() => parquetReadObjects({ file: new Uint8Array(bytes).buffer, utf8: true }))
    const valueOf = (value: unknown) => (typeof value === "bigint" ? Number(value) : ((value ?? null) as Tables.Value))
    return rows.map((row) =>
      recordOf({
        values: table.columns.map(({ name }) => valueOf(row[name])),
        rest: (row[Tables.rest] ?? null) as string | null
      })
    )
  }
  const text = Stream.decodeText(plain(format.compression, place, Stream.succeed(bytes)))
  return yield* Stream.runCollect(format.parse(table, place)(text))
})

const subjectOf = (layer: Layer.Layer<Sink, never, ObjectSink.Environment>, { get, put }: Raw) => ({
  layer: Layer.provide(layer, machine),
  records: (table: Table, place: string) =>
    Effect.flatMap(get(place), (bytes) => recordsIn(table, place, bytes)).pipe(Effect.provide(machine), Effect.orDie),
  quarantine: ({ name }: Table) =>
    Effect.map(get(`quarantine/${name}.ndjson`), (bytes) =>
      linesOf(Buffer.from(bytes).toString()).map((line) => Json.parse(line) as Line)
    ),
  abandon: Effect.flatMap(get(rootKey), (root) => put(rootKey, abandoned(new TextDecoder().decode(root))))
})

const rawOf = (store: MemoryBucket.Store): Raw => ({
  get: (key) => Effect.sync(() => store.objects.get(key)?.bytes ?? nothing),
  put: (key, text) => Effect.orDie(MemoryBucket.make(store).put(key, new TextEncoder().encode(text)))
})

const inMemory = (bucket: Bucket, options: FileFormats.Options = {}) =>
  Layer.unwrap(
    Effect.map(FileFormats.make(options), (format) =>
      ObjectSink.layer({ bucket: Effect.succeed(bucket), place: MemoryBucket.place, format, patience: "1 minute" })
    )
  )

/** What objects can be: CSV differs from lines in its header alone. */
const kinds: ReadonlyArray<FileFormats.Options> = [
  { compression: "gzip" },
  ...(often ? [{ format: "parquet" } as const, { format: "csv", compression: "gzip" } as const] : [])
]

const session = <A, E>(
  layer: Layer.Layer<Sink, never, ObjectSink.Environment>,
  use: (connection: Connection) => Effect.Effect<A, E, Scope.Scope>
): Effect.Effect<A, E | Reason> =>
  Effect.scoped(
    Effect.flatMap(
      Sink.use(({ connect }) => connect),
      use
    )
  ).pipe(
    Effect.provide(Layer.provide(Layer.fresh(layer), machine)),
    // What a killed export warns of.
    Effect.provideService(References.MinimumLogLevel, "Error")
  )

const quarantined = (id: number): Line => ({
  resource: "things",
  error: { message: "no", mismatches: [] },
  record: { id }
})

const record = (id: number, name = "x"): Tables.Received => ({ type: "thing", id: `t${id}`, name })

const batches = (count: number): ReadonlyArray<Batch> =>
  Array.from({ length: count }, (_, index) => ({
    records: [record(index * 2), record(index * 2 + 1)],
    quarantined: index % 2 === 0 ? [quarantined(index)] : []
  }))

const exported = Effect.fnUntraced(function* (
  { open, write }: Connection,
  all: ReadonlyArray<Batch>,
  mode: Mode = "replace",
  name = "things"
) {
  const output = yield* open(SinkLaws.things, mode)
  const done = Number(output.checkpoint ?? 0)
  yield* Effect.forEach(all.slice(done), (batch, index) => output.commit(batch, () => String(done + index + 1)))
  const receipt = yield* output.finish(name)
  yield* write("manifest", JSON.stringify(receipt))
  yield* output.forget
  return receipt
})

describe.for(kinds)("in memory, as $format", (kind) => {
  const subject = Effect.sync(() => {
    const store = MemoryBucket.makeStore()
    return subjectOf(inMemory(MemoryBucket.make(store), kind), rawOf(store))
  })
  for (const { check, name } of SinkLaws.laws(subject, some)) it.live(name, () => check)
})

describe.for<FileFormats.Options>([{}, { format: "parquet" }, ...kinds.slice(2)])(
  "at every operation, as $format",
  (kind) => {
    type Around = Parameters<typeof MemoryBucket.make>[1]
    const run = (store: MemoryBucket.Store, all: ReadonlyArray<Batch>, mode: Mode, name: string, around?: Around) =>
      session(inMemory(MemoryBucket.make(store, around), kind), (connection) => exported(connection, all, mode, name))
    const all: ReadonlyArray<Batch> = [
      ...batches(3),
      { records: [record(90)], quarantined: [quarantined(90)], startOver: true },
      ...batches(1)
    ]
    const prepared = Effect.gen(function* () {
      const store = MemoryBucket.makeStore()
      yield* run(store, batches(1), "replace", "things")
      return store
    })

    /** The operations of an export. */
    const operations = Effect.gen(function* () {
      const names: Array<string> = []
      const store = yield* prepared
      yield* run(store, all, "replace", "things", (operation, name) =>
        Effect.suspend(() => (names.push(name), operation))
      )
      assert.isAbove(names.length, 30)
      return names
    })

    // What differs with the kind are the last operations.
    const step = often ? 1 : kind.format === undefined ? 5 : 7

    it.live("killed, the next export ends as if nothing had been", () =>
      Effect.gen(function* () {
        const count = (yield* operations).length
        for (const [mode, name] of [
          ["replace", "things"],
          ["merge", "things-2"]
        ] as const) {
          const undisturbed = yield* prepared
          yield* run(undisturbed, all, mode, name)
          const expected = MemoryBucket.contents(undisturbed)
          for (let at = 1; at <= count; at += step) {
            for (const when of ["before", "after"] as const) {
              const store = yield* prepared
              let done = 0
              const mortal: Around = (operation) =>
                Effect.suspend(() => {
                  done += 1
                  if (done < at) return operation
                  return when === "after" && done === at
                    ? Effect.andThen(operation, Effect.fail(dead))
                    : Effect.fail(dead)
                })
              const killed = yield* Effect.exit(run(store, all, mode, name, mortal))
              if (killed._tag === "Failure") yield* run(store, all, mode, name)
              else yield* session(inMemory(MemoryBucket.make(store), kind), () => Effect.void)
              assert.deepStrictEqual(MemoryBucket.contents(store), expected, `${mode}, ${when} ${at}`)
            }
          }
        }
      })
    )

    it.live("suspended, an export that lost its lock changes nothing more", () =>
      Effect.gen(function* () {
        const names = yield* operations
        // The last one of all gives the lock back.
        const forgets = names.lastIndexOf("swap", names.lastIndexOf("swap") - 1) + 1
        const own: ReadonlyArray<Batch> = [{ records: [record(70)], quarantined: [quarantined(70)] }]
        const seen = (store: MemoryBucket.Store) =>
          Object.entries(MemoryBucket.contents(store)).filter(([key]) => !key.startsWith(".export/"))
        for (const next of ["starts over", "discards", "resumes"] as const) {
          for (let at = 1; at <= names.length; at += step) {
            const store = yield* prepared
            const sink = inMemory(MemoryBucket.make(store), kind)
            let done = 0
            let expected: unknown
            const another = Effect.gen(function* () {
              yield* subjectOf(sink, rawOf(store)).abandon
              if (next !== "resumes") yield* session(sink, ({ discard }) => discard(SinkLaws.things))
              if (next === "starts over") yield* run(store, own, "replace", "things")
              if (next === "resumes") yield* run(store, all, "replace", "things")
              expected = seen(store)
            })
            const suspended: Around = (operation) =>
              Effect.suspend(() => (++done === at ? Effect.andThen(Effect.orDie(another), operation) : operation))
            const result = yield* Effect.result(run(store, all, "replace", "things", suspended))
            if (result._tag === "Failure")
              assert.include(["LostLock", "Locked"], result.failure._tag, `${next}, at ${at}`)
            else assert.isAbove(at, forgets, next)
            assert.deepStrictEqual(seen(store), expected, `${next}, at ${at}`)
            yield* session(sink, ({ discard }) => discard(SinkLaws.things))
            assert.deepStrictEqual(Object.entries(MemoryBucket.contents(store)), expected, `${next}, at ${at}`)
          }
        }
      })
    )
  }
)

describe("in memory", () => {
  type Around = Parameters<typeof MemoryBucket.make>[1]

  it.live("an object is byte for byte the file that the sink of files writes, and is read and audited like it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const records = [record(1, `=1+1, "é" 😀`), { ...record(2), count: 3, unknown: [1] }]
      const all: ReadonlyArray<Batch> = records.map((one) => ({ records: [one], quarantined: [] }))
      const inDirectory: Readonly<Record<string, (directory: string) => Layer.Layer<Sink, never, Ndjson.Environment>>> =
        {
          ndjson: (directory) => Ndjson.layer({ directory }),
          "ndjson.zst": (directory) => Ndjson.layer({ directory, compression: "zstd" }),
          csv: (directory) => Csv.layer({ directory, bom: true, formulas: "verbatim" }),
          "csv.gz": (directory) => Csv.layer({ directory, compression: "gzip" }),
          parquet: (directory) => Parquet.layer({ directory })
        }
      const options: Readonly<Record<string, FileFormats.Options>> = {
        ndjson: {},
        "ndjson.zst": { compression: "zstd" },
        csv: { format: "csv", bom: true, formulas: "verbatim" },
        "csv.gz": { format: "csv", compression: "gzip" },
        parquet: { format: "parquet" }
      }
      for (const [extension, make] of Object.entries(inDirectory)) {
        for (const batches of [[], all]) {
          const directory = yield* fs.makeTempDirectoryScoped({ prefix: "objects-" })
          const store = MemoryBucket.makeStore()
          const sink = inMemory(MemoryBucket.make(store), options[extension])
          const used = (layer: Layer.Layer<Sink, never, Ndjson.Environment>) =>
            session(Layer.provide(layer, NodeServices.layer), (connection) =>
              Effect.gen(function* () {
                const receipt = yield* exported(connection, batches)
                assert.deepStrictEqual(yield* connection.audit(SinkLaws.things, receipt.place), receipt)
                const found = connection.records?.(SinkLaws.things, receipt.place, ["id"])
                assert.isDefined(found)
                return { receipt, ids: (yield* Stream.runCollect(found)).map(({ id }) => id) }
              })
            )
          const [file, object] = [yield* used(make(directory)), yield* used(sink)]
          assert.deepStrictEqual(object, file)
          assert.deepStrictEqual(file.ids, batches.length === 0 ? [] : ["t1", "t2"])
          assert.deepStrictEqual(
            Buffer.from(yield* rawOf(store).get(object.receipt.place)),
            Buffer.from(yield* fs.readFile(`${directory}/${file.receipt.place}`)),
            extension
          )
          // A sink of another format sees, audits and refuses to mix.
          const other = inMemory(MemoryBucket.make(store), { format: "csv", compression: "zstd" })
          yield* session(other, ({ audit, formats }) =>
            Effect.gen(function* () {
              assert.deepStrictEqual(yield* audit(SinkLaws.things, object.receipt.place), object.receipt)
              const stored = yield* formats?.(SinkLaws.things, [object.receipt.place]) ?? Effect.succeed([])
              assert.deepStrictEqual(
                stored.map(({ format }) => format),
                [extension]
              )
            })
          )
        }
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("a commit that failed can be done again, whether it was written or not", () =>
    Effect.gen(function* () {
      for (const when of ["before", "after"] as const) {
        const store = MemoryBucket.makeStore()
        let failing = false
        const around: Around = (operation, name) =>
          Effect.suspend(() => {
            if (!failing || name !== "swap") return operation
            failing = false
            return when === "before" ? Effect.fail(dead) : Effect.andThen(operation, Effect.fail(dead))
          })
        const receipt = yield* session(inMemory(MemoryBucket.make(store, around)), ({ open }) =>
          Effect.gen(function* () {
            const output = yield* open(SinkLaws.things, "replace")
            failing = true
            const [batch] = batches(1)
            assert.isDefined(batch)
            const commit = output.commit(batch, () => "1")
            assert.strictEqual((yield* Effect.flip(commit))._tag, "BucketFailed")
            // Written, it is not this export's last one any more: the next finds it.
            const again = yield* Effect.result(commit)
            assert.strictEqual(again._tag, when === "before" ? "Success" : "Failure")
            return when === "before" ? yield* output.finish("things") : undefined
          })
        )
        assert.strictEqual(receipt?.records, when === "before" ? 2 : undefined)
      }
    })
  )

  // Megabytes: where what takes long is asked for.
  for (const large of often ? [[1, 2, 3].map((id) => record(id, "0123456789".repeat(570_000)))] : []) {
    it.live("what is large is put together of parts, and is the same however it was split and resumed", () =>
      Effect.gen(function* () {
        const exportOf = (sizes: number) =>
          Effect.gen(function* () {
            const store = MemoryBucket.makeStore()
            const sink = inMemory(MemoryBucket.make(store))
            for (let at = 0; at < large.length; at += sizes) {
              const records = large.slice(at, at + sizes)
              yield* session(sink, ({ open }) =>
                Effect.flatMap(open(SinkLaws.things, "replace"), ({ commit }) =>
                  commit({ records, quarantined: [] }, () => String(at))
                )
              )
            }
            const pieces = [...store.objects.keys()].filter((key) => key.startsWith(".export/things.")).length
            const receipt = yield* session(sink, ({ open }) =>
              Effect.gen(function* () {
                const output = yield* open(SinkLaws.things, "replace")
                const receipt = yield* output.finish("things")
                yield* output.forget
                return receipt
              })
            )
            const audit = yield* session(sink, ({ audit }) => audit(SinkLaws.things, receipt.place))
            assert.deepStrictEqual(audit, receipt)
            return { pieces, receipt }
          })
        const whole = yield* exportOf(3)
        const split = yield* exportOf(1)
        assert.deepStrictEqual(split.receipt, whole.receipt)
        assert.deepStrictEqual([whole.pieces, split.pieces], [1, 2])
      })
    )
  }
})

// ---------------------------------------------------------------------------------------------------------------------
// over HTTP
// ---------------------------------------------------------------------------------------------------------------------

const credentials = { accessKeyId: "tester", secretAccessKey: Redacted.make("s/cr+t%") }

/** A server that answers every request alike. */
const answering = (answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) =>
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      const server = createServer((request, response) => {
        const body: Array<Buffer> = []
        request.on("data", (bytes: Buffer) => body.push(bytes))
        request.on("end", () => answer(request, response, Buffer.concat(body).toString()))
      }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => (server.closeAllConnections(), server.close()))
  ).pipe(
    // It listens on a port.
    Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  )

const errorBody = (code: string, message = "") =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`

const refusal = (options: Partial<NodeS3.Options>) =>
  Effect.flip(session(NodeS3.layer({ bucket: "acme", prefix: "/a/b/", credentials, ...options }), () => Effect.void))

describe("over HTTP", () => {
  it.live("a server that does not heed conditions is refused before anything is written", () =>
    Effect.gen(function* () {
      const written: Array<string> = []
      for (const header of ["if-none-match", "if-match"]) {
        const heeded = { "if-none-match": "if-match", "if-match": "if-none-match" }[header] ?? ""
        let made = false
        const endpoint = yield* answering((request, response) => {
          if (request.method === "PUT") written.push(request.url ?? "")
          const fails = request.method === "GET" || (heeded in request.headers && made)
          made ||= request.method === "PUT"
          response.writeHead(request.method === "GET" ? 404 : fails ? 412 : 200, { etag: `"0123"` })
          response.end(fails ? errorBody(request.method === "GET" ? "NoSuchKey" : "PreconditionFailed") : "")
        })
        const refused = yield* refusal({ endpoint })
        assert.strictEqual(
          refused.message,
          `s3://acme/a/b is on a server without conditional writes: it does not heed ${header === "if-match" ? "If-Match" : "If-None-Match"}, and two exports could not be kept apart. Choose another server, or export to a directory and copy that.`
        )
      }
      assert.isTrue(
        written.every((url) => url.startsWith("/acme/a/b/.export/probe-")),
        written.join()
      )
    }).pipe(Effect.scoped)
  )

  it.live("what a server refuses is told with what to do", () =>
    Effect.gen(function* () {
      const told = (status: number, body: string) =>
        Effect.scoped(
          Effect.flatMap(
            answering((_, response) => response.writeHead(status, { "content-type": "application/xml" }).end(body)),
            (endpoint) => refusal({ endpoint })
          )
        )
      const missing = yield* told(404, errorBody("NoSuchBucket"))
      assert.strictEqual(
        missing.message,
        "The bucket of s3://acme/a/b does not exist. Create it first, or correct its name."
      )
      const denied = yield* told(403, errorBody("AccessDenied", "Access Denied"))
      assert.strictEqual(denied._tag, "BucketRefused")
      assert.match(
        denied.message,
        /^s3:\/\/acme\/a\/b refused the request \(AccessDenied, Access Denied, status 403\)\. Check/
      )
      const odd = yield* told(400, errorBody("MalformedThing", "It is odd."))
      assert.strictEqual(
        odd.message,
        "s3://acme/a/b: The server did not take the request (MalformedThing, It is odd., status 400). Its documentation says what that is about; then run the same command again."
      )
      const nobody = yield* refusal({ endpoint: "http://127.0.0.1:1" })
      assert.strictEqual(nobody._tag, "BucketUnreachable")
      assert.match(nobody.message, /^s3:\/\/acme\/a\/b cannot be reached \(ECONNREFUSED/)
      for (const { message } of [missing, denied, odd, nobody]) assert.notInclude(message, "s/cr+t%")
    })
  )

  it.live("a write whose answer was lost is known by what it wrote, and the server is no other for it", () =>
    Effect.gen(function* () {
      const objects = new Map<string, { readonly etag: string; readonly body: string }>()
      let written = 0
      /** The writes whose answers are lost, by their number; the SDK repeats them. */
      const lost = new Set([1, 2])
      const endpoint = yield* answering((request, response, body) => {
        const [key = "", query = ""] = (request.url ?? "").split("?")
        const there = objects.get(key)
        const { "if-match": match, "if-none-match": none } = request.headers
        const send = (status: number, headers: Record<string, string>, text = "") =>
          response.writeHead(status, headers).end(text)
        if (request.method === "PUT") {
          if (none === undefined ? match !== there?.etag : there !== undefined) {
            return send(412, {}, errorBody("PreconditionFailed"))
          }
          // Of no server's digest: the same bytes have another tag.
          const etag = `"${++written}"`
          objects.set(key, { etag, body })
          return lost.delete(written) ? request.socket.destroy() : send(200, { etag })
        }
        if (request.method === "DELETE") return (objects.delete(key), send(204, {}))
        if (/list-type|uploads/.test(query)) return send(200, {}, "<Result></Result>")
        return there === undefined
          ? send(404, {}, errorBody("NoSuchKey"))
          : send(200, { etag: there.etag, "content-length": String(there.body.length) }, there.body)
      })
      yield* session(NodeS3.layer({ bucket: "acme", prefix: "a", credentials, endpoint }), ({ token }) =>
        Effect.sync(() => assert.strictEqual(token, 1))
      )
      assert.strictEqual(lost.size, 0)
      assert.deepStrictEqual([...objects.keys()], ["/acme/a/.export/root.json"])
    }).pipe(Effect.scoped)
  )

  it.live("a server that is silent is asked once, one that breaks off is asked again", () =>
    Effect.gen(function* () {
      const asked = (answer: (response: ServerResponse) => void) =>
        Effect.gen(function* () {
          let requests = 0
          const endpoint = yield* answering((_, response) => {
            requests += 1
            answer(response)
          })
          const bucket = yield* S3Bucket.make({
            bucket: "acme",
            prefix: "a",
            credentials,
            endpoint,
            answerWithin: 0.05
          })
          return [yield* Effect.flip(bucket.get("x")), requests] as const
        }).pipe(Effect.scoped)
      const begun = (response: ServerResponse) => response.writeHead(200, { etag: `"1"`, "content-length": "9" })
      const never = `s3://acme/a cannot be reached (it takes the connection, and then does not answer). Check the network, and AWS_ENDPOINT_URL_S3 where it is not Amazon's.`
      const silent = yield* asked(() => undefined)
      assert.deepStrictEqual([silent[0].message, silent[1]], [never, 1])
      const stopped = yield* asked((response) => void begun(response).write("abc"))
      assert.deepStrictEqual([stopped[0].message, stopped[1]], [never, 1])
      const cut = yield* asked((response) => void begun(response).write("abc", () => response.destroy()))
      assert.deepStrictEqual([cut[0]._tag, cut[1]], ["BucketUnreachable", 3])
    })
  )

  it.live("what is no object storage is told as that, and nothing is taken for absent there", () =>
    Effect.gen(function* () {
      const page = "<!doctype html><html><body>Log in</body></html>"
      for (const [status, type, body, how] of [
        [200, "text/html; charset=utf-8", page, "no ETag, status 200, text/html; charset=utf-8"],
        [200, "application/json", "{}", "no ETag, status 200, application/json"],
        [401, "text/html", page, "a page, status 401, text/html"],
        [404, "text/html", page, "a page, status 404, text/html"],
        [404, "application/json", `{"error":"x"}`, "status 404, application/json"],
        [404, undefined, "", "status 404"],
        [405, "text/plain", "no", "status 405, text/plain"]
      ] as const) {
        yield* Effect.gen(function* () {
          const endpoint = yield* answering((_, response) =>
            response.writeHead(status, type === undefined ? {} : { "content-type": type }).end(body)
          )
          const refused = yield* refusal({ endpoint })
          assert.strictEqual(
            refused.message,
            `What answers for s3://acme/a/b does not speak S3 (${how}). Set AWS_ENDPOINT_URL_S3 to the address of the object storage itself, not of its console, a login page or a proxy.`
          )
          const seen = yield* Effect.flatMap(Sink, ({ inspect }) =>
            Effect.flatMap(inspect, ({ read }) => Effect.flip(read("manifest")))
          ).pipe(Effect.provide(Layer.provide(NodeS3.layer({ bucket: "acme", credentials, endpoint }), machine)))
          assert.strictEqual(seen._tag, "NotObjectStorage")
        }).pipe(Effect.scoped)
      }
    })
  )

  it.live("failures of a server are told in sentences", () =>
    Effect.gen(function* () {
      const where =
        "Set AWS_REGION to where the bucket is, and AWS_ENDPOINT_URL_S3, where it is set, to the address there."
      const later = "Run the same command again later; if it stays so, the log of the server says why."
      for (const [status, headers, body, sentence] of [
        [500, {}, "boom", `The server failed at the request, whenever it was repeated (status 500). ${later}`],
        [
          502,
          { "content-type": "text/html" },
          "<html></html>",
          `The server failed at the request, whenever it was repeated (status 502, text/html). ${later}`
        ],
        [
          307,
          { location: "https://eu.example.com/acme?X-Amz-Signature=s" },
          "",
          `The server says that the bucket is elsewhere (status 307, to https://eu.example.com). ${where}`
        ],
        [
          301,
          {},
          errorBody("PermanentRedirect", "It is not here."),
          `The server says that the bucket is elsewhere (PermanentRedirect, It is not here., status 301). ${where}`
        ]
      ] as const) {
        const { message } = yield* Effect.scoped(
          Effect.flatMap(
            answering((_, response) => response.writeHead(status, headers).end(body)),
            (endpoint) => refusal({ endpoint })
          )
        )
        assert.strictEqual(message, `s3://acme/a/b: ${sentence}`)
      }
      const long = yield* refusal({ prefix: "ü".repeat(448), endpoint: "http://127.0.0.1:1" })
      assert.strictEqual(
        long.message,
        "s3://acme: The prefix takes 897 bytes, and may take 896 of the 1024 that a key has. Choose a shorter one."
      )
      const copied = yield* refusal({
        endpoint: "http://127.0.0.1:1",
        credentials: { ...credentials, accessKeyId: "id\n" }
      })
      assert.strictEqual(
        copied.message,
        "s3://acme/a/b: A key has a character that is in none, such as a line feed at its end. Set AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN again."
      )
      const nowhere = yield* refusal({ endpoint: "nonsense" })
      assert.strictEqual(nowhere.message, "s3://acme/a/b: The endpoint is no URL: it is written as https://HOST:PORT.")
    })
  )

  it.effect("the usual variables say where it is", () =>
    Effect.gen(function* () {
      const of = (env: Record<string, string>) => NodeS3.config.parse(ConfigProvider.fromEnv({ env }))
      assert.deepStrictEqual(yield* of({}), { endpoint: undefined, region: undefined, credentials: undefined })
      const found = yield* of({
        AWS_ENDPOINT_URL: "http://all",
        AWS_ENDPOINT_URL_S3: "http://objects",
        AWS_DEFAULT_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "id",
        AWS_SECRET_ACCESS_KEY: "key",
        AWS_SESSION_TOKEN: "token"
      })
      assert.deepStrictEqual(
        [found.endpoint, found.region, found.credentials?.accessKeyId],
        ["http://objects", "eu-west-1", "id"]
      )
      assert.notInclude(JSON.stringify(found), `"key"`)
      assert.notInclude(JSON.stringify(found), `"token"`)
    })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// on a server
// ---------------------------------------------------------------------------------------------------------------------

const { INTERCOM_TEST_S3_ENDPOINT: server } = process.env

for (const served of server === undefined ? [] : [server]) {
  // Most of their time is the server's.
  describe.concurrent("on a server", () => {
    // Of the environment, as `NodeS3.config` has it from there.
    const settings = Effect.map(NodeS3.config.parse(ConfigProvider.fromEnv()), (found) => ({
      ...found,
      endpoint: served
    }))
    const client = new S3.S3Client({ endpoint: served, region: "us-east-1", forcePathStyle: true })
    const Bucket = `exports-${crypto.randomUUID()}`
    let places = 0

    beforeAll(() => client.send(new S3.CreateBucketCommand({ Bucket })))
    afterAll(() => client.destroy())

    /** A place that nothing was written to yet. */
    const place = (kind: FileFormats.Options = {}) =>
      Effect.map(settings, (settings) => {
        // Without "%": Ceph 16 aborts on such a name when it is copied from.
        const prefix = `of tests/${++places}, "ü" +&`
        const at = (key: string) => ({ Bucket, Key: `${prefix}/${key}` })
        const raw: Raw = {
          get: (key) =>
            Effect.promise(() =>
              client.send(new S3.GetObjectCommand(at(key))).then(
                ({ Body }) => Body?.transformToByteArray() ?? nothing,
                () => nothing
              )
            ),
          put: (key, Body) =>
            Effect.asVoid(Effect.promise(() => client.send(new S3.PutObjectCommand({ ...at(key), Body }))))
        }
        const listed = Effect.promise(() => client.send(new S3.ListObjectsV2Command({ Bucket, Prefix: prefix })))
        return {
          at,
          prefix,
          raw,
          layer: NodeS3.layer({ ...settings, bucket: Bucket, prefix, ...kind }),
          keys: Effect.map(listed, ({ Contents = [] }) => Contents.map(({ Key = "" }) => Key.slice(prefix.length + 1))),
          uploads: Effect.map(
            Effect.promise(() => client.send(new S3.ListMultipartUploadsCommand({ Bucket, Prefix: prefix }))),
            ({ Uploads = [] }) => Uploads.length
          )
        }
      })

    for (const kind of kinds) {
      const subject = Effect.map(place(kind), ({ layer, raw }) => subjectOf(layer, raw))
      for (const { check, name } of SinkLaws.laws(Effect.orDie(subject))) {
        it.live(`${name}, as ${kind.format ?? "ndjson"}`, () => check, timeout)
      }
    }

    it.live(
      "of exports that begin at once, one gets the lock, whether it is free or left behind",
      () =>
        Effect.gen(function* () {
          const { layer, raw } = yield* place()
          for (const round of ["free", "left behind"] as const) {
            if (round === "left behind") {
              yield* session(layer, () => subjectOf(layer, raw).abandon)
            }
            const all = yield* Effect.forEach(
              Array.from({ length: 6 }),
              () => Effect.result(session(layer, ({ token }) => Effect.as(Effect.sleep("1 second"), token))),
              { concurrency: "unbounded" }
            )
            const refused = all.flatMap((one) => (one._tag === "Failure" ? [one.failure._tag] : []))
            assert.deepStrictEqual(refused, ["Locked", "Locked", "Locked", "Locked", "Locked"], round)
          }
        }),
      timeout
    )

    it.live(
      "what is large is put together by the server, and nothing is left of it but what is finished",
      () =>
        Effect.gen(function* () {
          const { at, keys, layer, raw, uploads } = yield* place()
          const begun = yield* Effect.promise(() =>
            client.send(new S3.CreateMultipartUploadCommand(at("things.ndjson")))
          )
          assert.isDefined(begun.UploadId)
          yield* raw.put(".export/things.of-a-process-that-was-killed", "{}")
          const receipt = yield* session(layer, (connection) =>
            exported(
              connection,
              [1, 2, 3].map((id) => ({ records: [record(id, "ü".repeat(2_900_000))], quarantined: [] }))
            )
          )
          assert.strictEqual(receipt.records, 3)
          assert.deepStrictEqual(yield* session(layer, ({ audit }) => audit(SinkLaws.things, receipt.place)), receipt)
          assert.deepStrictEqual(yield* keys, [".export/root.json", "manifest.json", "things.ndjson"])
          assert.strictEqual(yield* uploads, 0)
        }),
      timeout
    )

    for (const format of ["ndjson", "parquet"] as const) {
      it.live(
        `killed, an export of ${format} resumes, and the object is that of an undisturbed one`,
        () =>
          Effect.gen(function* () {
            const [one, other] = yield* Effect.all([place(), place()])
            const child = ({ prefix }: typeof one) => ({
              CHILD_S3: served,
              CHILD_BUCKET: Bucket,
              CHILD_PREFIX: prefix,
              CHILD_FORMAT: format
            })
            const [killed, whole] = yield* Effect.all(
              [survive(child(one), "replace"), undisturbed(child(other), "replace")],
              { concurrency: 2 }
            )
            assert.strictEqual(killed, whole)
            const finished = yield* one.raw.get(`things.${format}`)
            assert.isAbove(finished.length, 0)
            assert.deepStrictEqual(finished, yield* other.raw.get(`things.${format}`))
            assert.deepStrictEqual(yield* one.keys, yield* other.keys)
            assert.strictEqual(yield* one.uploads, 0)
          }),
        timeout
      )
    }
  })
}
