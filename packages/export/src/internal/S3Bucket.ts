/// <reference types="node" />
/** A bucket by the AWS SDK, which those who write elsewhere need not install: it is loaded when an export begins. */
import type {
  ListMultipartUploadsCommandOutput,
  ListObjectsV2CommandOutput,
  S3Client,
  S3ClientConfig
} from "@aws-sdk/client-s3"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import {
  BucketFailed,
  BucketRefused,
  BucketUnreachable,
  DriverMissing,
  Missing,
  NoConditionalWrites,
  NoSuchBucket,
  type Reason
} from "../ExportError.ts"
import type { Bucket, Upload } from "./Bucket.ts"

/** How the server is reached; what is absent, the AWS SDK finds as it does everywhere: profiles, roles of the machine. */
export interface Server {
  /** Of a server that is not Amazon's: `https://minio.example.com:9000`. */
  readonly endpoint?: string | undefined
  /** @default that of the SDK's configuration; `us-east-1` with an {@link endpoint} */
  readonly region?: string | undefined
  readonly credentials?:
    | {
        readonly accessKeyId: string
        readonly secretAccessKey: Redacted.Redacted
        readonly sessionToken?: Redacted.Redacted | undefined
      }
    | undefined
  /** Whether the bucket's name is in the path of a request, not in its host. @default with an {@link endpoint} */
  readonly pathStyle?: boolean | undefined
}

export interface Options extends Server {
  readonly bucket: string
  /** Without slashes at its ends; empty for none. */
  readonly prefix: string
}

/** The driver, for messages. */
const driver = "@aws-sdk/client-s3@3.1175.0"

const load = (name: string) =>
  Effect.tryPromise({
    try: () => import("@aws-sdk/client-s3"),
    catch: (cause) => new DriverMissing({ database: name, package: driver, description: wordsOf(cause) })
  })

type Sdk = Effect.Success<ReturnType<typeof load>>

/** What went wrong with a request. */
interface Failure {
  readonly name: string
  /** Undefined when there was no answer. */
  readonly status: number | undefined
  readonly description: string
}

const wordsOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause)

const failureOf = (cause: unknown): Failure => {
  if (!(cause instanceof Error)) return { name: "Error", status: undefined, description: String(cause) }
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined
  const metadata = "$metadata" in cause ? cause.$metadata : undefined
  const status =
    typeof metadata === "object" &&
    metadata !== null &&
    "httpStatusCode" in metadata &&
    typeof metadata.httpStatusCode === "number"
      ? metadata.httpStatusCode
      : undefined
  const words = wordsOf(cause)
  // Servers that send no words have these for them.
  const said = words === "" || words === "UnknownError" ? undefined : words
  const name = code ?? cause.name
  const description = [name, said, status === undefined ? undefined : `status ${status}`]
  return { name, status, description: [...new Set(description.filter((part) => part !== undefined))].join(", ") }
}

const isMissing = ({ name, status }: Failure): boolean => status === 404 && name !== "NoSuchBucket"

const reasonIn =
  (bucket: string) =>
  ({ description, name, status }: Failure): Reason => {
    if (name === "NoSuchBucket") return new NoSuchBucket({ bucket })
    if (status === 401 || status === 403 || /Credentials|TokenProvider/.test(name)) {
      return new BucketRefused({ bucket, description })
    }
    if (/Region is missing/.test(description)) {
      return new BucketFailed({ bucket, description: "No region is set. Set AWS_REGION to where the bucket is." })
    }
    return status === undefined
      ? new BucketUnreachable({ bucket, description })
      : new BucketFailed({ bucket, description })
  }

/** A client needs seconds, not minutes, to see that nobody is there. */
const patience = { connectionTimeout: 10_000, socketTimeout: 60_000 }

const configOf = ({ credentials, endpoint, pathStyle, region }: Server): S3ClientConfig => ({
  requestHandler: patience,
  followRegionRedirects: true,
  // Servers that have no regions want one nevertheless.
  ...(region !== undefined ? { region } : endpoint === undefined ? {} : { region: "us-east-1" }),
  ...(endpoint === undefined ? {} : { endpoint }),
  // Newer checksums are unknown to many servers, and Amazon's wants that of each part, once one has any, when an upload is
  // completed. The signature covers the body as well.
  requestChecksumCalculation: "WHEN_REQUIRED",
  responseChecksumValidation: "WHEN_REQUIRED",
  forcePathStyle: pathStyle ?? endpoint !== undefined,
  ...(credentials === undefined
    ? {}
    : {
        credentials: {
          accessKeyId: credentials.accessKeyId,
          secretAccessKey: Redacted.value(credentials.secretAccessKey),
          ...(credentials.sessionToken === undefined ? {} : { sessionToken: Redacted.value(credentials.sessionToken) })
        }
      })
})

/** How much of an object is asked for at once. */
const rangeSize = 8 * 1024 * 1024

/** Opens a bucket, until the scope closes. */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Bucket, Reason, Scope.Scope> {
  const { bucket: Bucket, prefix } = options
  const start = prefix === "" ? "" : `${prefix}/`
  const locate = (key: string) => `s3://${Bucket}/${key === "" ? prefix : start + key}`
  const reason = reasonIn(locate(""))
  const sdk: Sdk = yield* load(locate(""))
  const client: S3Client = yield* Effect.acquireRelease(
    Effect.sync(() => new sdk.S3Client(configOf(options))),
    (client) => Effect.sync(() => client.destroy())
  )

  const attempt = <A>(run: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, Failure> =>
    Effect.tryPromise({ try: run, catch: failureOf })
  const told = <A>(effect: Effect.Effect<A, Failure>): Effect.Effect<A, Reason> => Effect.mapError(effect, reason)
  /** `undefined` where nothing is. */
  const found = <A>(effect: Effect.Effect<A, Failure>): Effect.Effect<A | undefined, Reason> =>
    told(Effect.catchIf(effect, isMissing, () => Effect.undefined))
  const at = (key: string) => ({ Bucket, Key: start + key })

  const get: Bucket["get"] = (key) =>
    found(
      attempt(async (abortSignal) => {
        const { Body, ETag } = await client.send(new sdk.GetObjectCommand(at(key)), { abortSignal })
        return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag: ETag ?? "" }
      }).pipe(Effect.retry(whileCutOff))
    )

  const head = (key: string) =>
    found(attempt((abortSignal) => client.send(new sdk.HeadObjectCommand(at(key)), { abortSignal })))

  const range = (key: string, from: number, length: number) =>
    attempt(async (abortSignal) => {
      const Range = `bytes=${from}-${from + length - 1}`
      const { Body, ETag } = await client.send(new sdk.GetObjectCommand({ ...at(key), Range }), { abortSignal })
      return { ETag, bytes: (await Body?.transformToByteArray()) ?? new Uint8Array() }
    }).pipe(Effect.retry(whileCutOff))

  const put = (key: string, Body: Uint8Array, condition: Condition = {}) =>
    attempt((abortSignal) => client.send(new sdk.PutObjectCommand({ ...at(key), Body, ...condition }), { abortSignal }))

  const remove: Bucket["remove"] = (keys) =>
    Effect.forEach(
      keys,
      // One by one: that of many at once wants a checksum which not every server takes.
      (key) => found(attempt((abortSignal) => client.send(new sdk.DeleteObjectCommand(at(key)), { abortSignal }))),
      { concurrency: 4, discard: true }
    )

  /** Whether a write was done on its condition; the server may have to be asked again. */
  const onCondition = (key: string, bytes: Uint8Array, condition: Condition) =>
    put(key, bytes, condition).pipe(
      Effect.map(({ ETag }): string | undefined => ETag ?? ""),
      Effect.retry({ while: ({ status }) => status === 409, times: 10, schedule: Schedule.spaced("100 millis") }),
      // Without the object there is none with the tag.
      Effect.catchIf(
        ({ name, status }) => status === 412 || name === "NoSuchKey",
        () => Effect.undefined
      )
    )

  /** How the server wants a tag in `If-Match`: in its quotes, as the standard has it, or without. */
  const spelling = yield* Effect.cached(
    Effect.gen(function* () {
      const key = `.export/probe-${crypto.randomUUID()}`
      const probe = (condition: Condition) => told(onCondition(key, new TextEncoder().encode("probe"), condition))
      const without = (header: NoConditionalWrites["header"]) => new NoConditionalWrites({ bucket: locate(""), header })
      return yield* Effect.gen(function* () {
        const etag = yield* probe({ IfNoneMatch: "*" })
        if (etag === undefined || (yield* probe({ IfNoneMatch: "*" })) !== undefined) {
          return yield* without("If-None-Match")
        }
        for (const spell of [quoted, unquoted]) {
          if ((yield* probe({ IfMatch: spell(etag) })) === undefined) continue
          if ((yield* probe({ IfMatch: spell(`"${"0".repeat(32)}"`) })) === undefined) return spell
        }
        return yield* without("If-Match")
      }).pipe(Effect.ensuring(Effect.ignore(remove([key]))))
    })
  )

  const swap: Bucket["swap"] = Effect.fnUntraced(function* (key, etag, bytes) {
    const spell = yield* spelling
    const condition = etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: spell(etag) }
    const written = yield* told(onCondition(key, bytes, condition))
    if (written !== undefined) return written
    // A request that was repeated meets what it wrote itself.
    const there = yield* get(key)
    return there !== undefined && isSame(there.bytes, bytes) ? there.etag : undefined
  })

  /** All pages of a listing. */
  const pages = <Page, Next>(
    first: Next | undefined,
    page: (next: Next | undefined, signal: AbortSignal) => Promise<Page>,
    after: (page: Page) => Next | undefined
  ): Effect.Effect<ReadonlyArray<Page>, Reason> =>
    Stream.paginate(first, (next) =>
      Effect.map(
        told(attempt((signal) => page(next, signal))),
        (page) => [[page], Option.fromUndefinedOr(after(page))] as const
      )
    ).pipe(Stream.runCollect)

  const keysOf = (names: ReadonlyArray<string | undefined>) =>
    names.flatMap((name) => (name === undefined ? [] : [name.slice(start.length)]))

  const partOf = ({ id, key }: Upload, PartNumber: number) => ({ ...at(key), UploadId: id, PartNumber })

  return {
    locate,
    get,
    size: (key) => Effect.map(head(key), (there) => (there === undefined ? undefined : (there.ContentLength ?? 0))),
    read: (key) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const there = yield* head(key)
          if (there === undefined) return yield* new Missing({ path: locate(key) })
          const { ContentLength: size = 0, ETag: etag = "" } = there
          const piece = (from: number) =>
            range(key, from, Math.min(rangeSize, size - from)).pipe(
              Effect.filterOrFail(
                ({ ETag }) => ETag === etag,
                () => replaced
              ),
              Effect.map(({ bytes }) => bytes),
              told
            )
          const starts = Array.from({ length: Math.ceil(size / rangeSize) }, (_, index) => index * rangeSize)
          return Stream.mapEffect(Stream.fromIterable(starts), piece)
        })
      ),
    range: (key, start, length) =>
      length === 0
        ? Effect.succeed(new Uint8Array())
        : told(Effect.map(range(key, start, length), ({ bytes }) => bytes)),
    put: (key, bytes) => Effect.asVoid(told(put(key, bytes))),
    swap,
    list: (first) =>
      Effect.map(
        pages<ListObjectsV2CommandOutput, string>(
          undefined,
          (ContinuationToken, abortSignal) =>
            client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: start + first, ContinuationToken }), {
              abortSignal
            }),
          ({ NextContinuationToken }) => NextContinuationToken
        ),
        (all) => keysOf(all.flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key)))
      ),
    remove,
    begin: (key) =>
      told(
        Effect.map(
          attempt((abortSignal) => client.send(new sdk.CreateMultipartUploadCommand(at(key)), { abortSignal })),
          ({ UploadId }) => ({ key, id: UploadId ?? "" })
        )
      ),
    upload: (upload, number, Body) =>
      told(
        Effect.map(
          attempt((abortSignal) =>
            client.send(new sdk.UploadPartCommand({ ...partOf(upload, number), Body }), { abortSignal })
          ),
          ({ ETag }) => ETag ?? ""
        )
      ),
    copy: (upload, number, from) =>
      told(
        Effect.map(
          attempt((abortSignal) =>
            client.send(
              new sdk.UploadPartCopyCommand({
                ...partOf(upload, number),
                CopySource: `${Bucket}/${(start + from).split("/").map(encodeURIComponent).join("/")}`
              }),
              { abortSignal }
            )
          ),
          ({ CopyPartResult }) => CopyPartResult?.ETag ?? ""
        )
      ),
    complete: ({ id, key }, etags) =>
      told(
        Effect.asVoid(
          attempt((abortSignal) =>
            client.send(
              new sdk.CompleteMultipartUploadCommand({
                ...at(key),
                UploadId: id,
                MultipartUpload: { Parts: etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 })) }
              }),
              { abortSignal }
            )
          )
        )
      ),
    abort: ({ id, key }) =>
      Effect.asVoid(
        found(
          attempt((abortSignal) =>
            client.send(new sdk.AbortMultipartUploadCommand({ ...at(key), UploadId: id }), { abortSignal })
          )
        )
      ),
    uploads: Effect.map(
      pages<ListMultipartUploadsCommandOutput, ListMultipartUploadsCommandOutput>(
        undefined,
        (next, abortSignal) =>
          client.send(
            new sdk.ListMultipartUploadsCommand({
              Bucket,
              Prefix: start,
              KeyMarker: next?.NextKeyMarker,
              UploadIdMarker: next?.NextUploadIdMarker
            }),
            { abortSignal }
          ),
        (page) => (page.IsTruncated === true ? page : undefined)
      ),
      (all) =>
        all
          .flatMap(({ Uploads = [] }) => Uploads)
          .flatMap(({ Key, UploadId }) =>
            Key === undefined || UploadId === undefined ? [] : [{ key: Key.slice(start.length), id: UploadId }]
          )
    )
  }
})

interface Condition {
  readonly IfMatch?: string
  readonly IfNoneMatch?: string
}

const replaced: Failure = { name: "Replaced", status: 412, description: "The object was replaced while it was read." }

const quoted = (etag: string): string => etag
const unquoted = (etag: string): string => etag.replaceAll('"', "")

/** The SDK repeats requests, but not what it has begun to read. */
const whileCutOff = {
  while: ({ status }: Failure) => status === undefined,
  times: 2,
  schedule: Schedule.spaced("200 millis")
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])
