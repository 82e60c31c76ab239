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
import { Readable } from "node:stream"
import {
  BucketFailed,
  BucketRefused,
  BucketUnreachable,
  DriverMissing,
  Missing,
  NoConditionalWrites,
  NoSuchBucket,
  NotObjectStorage,
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
  /** How long a server may be silent, in seconds. @default 60 */
  readonly answerWithin?: number | undefined
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
  /** Whether the answer was one of S3: an error with a code. */
  readonly isS3: boolean
  /** Whether the answer had begun. */
  readonly isCutOff?: boolean
}

const wordsOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause)

/** The name of the failures of a server that took the connection, and then was silent. */
const silent = "Silent"
/** And of those with an answer that S3 does not give. */
const foreign = "Foreign"

const isSilence = (cause: unknown): cause is Error =>
  cause instanceof Error && cause.name === "TimeoutError" && !("code" in cause) && /inactivity/.test(cause.message)

const textIn = (record: unknown, key: string): string | undefined => {
  const value: unknown = typeof record === "object" && record !== null ? Reflect.get(record, key) : undefined
  return typeof value === "string" && value !== "" ? value : undefined
}

const failureOf = (cause: unknown): Failure => {
  if (!(cause instanceof Error)) return { name: "Error", status: undefined, description: String(cause), isS3: false }
  if (isSilence(cause)) cause.name = silent
  const metadata = "$metadata" in cause ? cause.$metadata : undefined
  const status =
    typeof metadata === "object" &&
    metadata !== null &&
    "httpStatusCode" in metadata &&
    typeof metadata.httpStatusCode === "number"
      ? metadata.httpStatusCode
      : undefined
  const words = cause.name === silent ? "it takes the connection, and then does not answer" : wordsOf(cause)
  const isS3 = textIn(cause, "Code") !== undefined
  const headers = "$response" in cause ? Reflect.get(Object(cause.$response), "headers") : undefined
  // Without a code the SDK has only words of its own for an answer; servers that send no words have these for them.
  const isWordless = status !== undefined && !isS3
  const said = (isWordless && cause.name !== foreign) || words === "" || words === "UnknownError" ? undefined : words
  const name = textIn(cause, "code") ?? cause.name
  const description = [
    isWordless || name === foreign || name === silent ? undefined : name,
    said,
    status === undefined ? undefined : `status ${status}`,
    isWordless ? textIn(headers, "content-type") : undefined,
    // Without its path, which may be signed.
    to(textIn(headers, "location")),
    to(textIn(headers, "x-amz-bucket-region"))
  ]
  return { name, status, description: [...new Set(description.filter((part) => part !== undefined))].join(", "), isS3 }
}

/** Where a server sends to. */
const to = (place: string | undefined): string | undefined =>
  place === undefined ? undefined : `to ${URL.canParse(place) ? new URL(place).origin : place.split("?")[0]}`

/** Anything may answer 404: of an object that is not there, object storage says so. */
const missing: ReadonlySet<string> = new Set(["NoSuchKey", "NoSuchUpload"])
const isMissing = ({ name, status }: Failure): boolean => status === 404 && missing.has(name)

const elsewhere: ReadonlySet<string> = new Set([
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
  "PermanentRedirect",
  "TemporaryRedirect"
])

const reasonIn =
  (bucket: string) =>
  ({ description, isS3, name, status }: Failure): Reason => {
    const failed = (sentences: string) => new BucketFailed({ bucket, description: sentences })
    if (name === "NoSuchBucket") return new NoSuchBucket({ bucket })
    if (name === foreign || name.startsWith("HPE_")) return new NotObjectStorage({ bucket, description })
    if (status === 401 || status === 403 || /Credentials|TokenProvider/.test(name)) {
      return new BucketRefused({ bucket, description })
    }
    if (/Region is missing/.test(description)) return failed("No region is set. Set AWS_REGION to where the bucket is.")
    if (description.startsWith("Error, Region not accepted")) {
      return failed(`${description.slice("Error, ".length)} Set AWS_REGION to where the bucket is.`)
    }
    if (name === "ERR_INVALID_CHAR") {
      return failed(
        "A key has a character that is in none, such as a line feed at its end. Set AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN again."
      )
    }
    if (name === "ERR_INVALID_URL") return failed(`The endpoint is no URL: it is written as https://HOST:PORT.`)
    if (status === undefined) return new BucketUnreachable({ bucket, description })
    if ((status >= 300 && status < 400) || elsewhere.has(name)) {
      return failed(
        `The server says that the bucket is elsewhere (${description}). Set AWS_REGION to where the bucket is, and AWS_ENDPOINT_URL_S3, where it is set, to the address there.`
      )
    }
    if (status >= 500) {
      return failed(
        `The server failed at the request, whenever it was repeated (${description}). Run the same command again later; if it stays so, the log of the server says why.`
      )
    }
    if (name === replaced.name) return failed(description)
    if (!isS3) return new NotObjectStorage({ bucket, description })
    return failed(
      `The server did not take the request (${description}). Its documentation says what that is about; then run the same command again.`
    )
  }

const isAnswer = (
  response: unknown
): response is { readonly statusCode: number; readonly headers: unknown; readonly body?: unknown } =>
  typeof response === "object" && response !== null && "statusCode" in response && "headers" in response

/** A client needs seconds, not minutes, to see that nobody is there. */
const seconds = { connect: 10, answer: 60 }

const configOf = ({ answerWithin, credentials, endpoint, pathStyle, region }: Options): S3ClientConfig => ({
  requestHandler: { connectionTimeout: seconds.connect * 1000, socketTimeout: (answerWithin ?? seconds.answer) * 1000 },
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

/** The longest key there is, in bytes; and how much of it names below a prefix may take. */
const longest = { key: 1024, name: 128 }

/** What has a tag, whatever server of S3 it comes from. */
const tagged: ReadonlySet<string | undefined> = new Set([
  "GetObjectCommand",
  "HeadObjectCommand",
  "PutObjectCommand",
  "UploadPartCommand"
])

/** What an answer lacks or has that none of S3 does, though the SDK takes it for one; `undefined` when all is well. */
const oddityOf = (command: string | undefined, status: number, headers: unknown): string | undefined => {
  const isGood = status < 300
  if (isGood && tagged.has(command) && textIn(headers, "etag") === undefined) return "no ETag"
  // What stands before a server has a page for its failures; a redirection is told as one; and no object has no type.
  const isTold = isGood || (status >= 400 && status < 500 && command !== "HeadObjectCommand")
  return isTold && /^text\/html\b/i.test(textIn(headers, "content-type") ?? "") ? "a page" : undefined
}

/** How much of an object is asked for at once. */
const rangeSize = 8 * 1024 * 1024

/** Opens a bucket, until the scope closes. */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Bucket, Reason, Scope.Scope> {
  const { bucket: Bucket, prefix } = options
  const start = prefix === "" ? "" : `${prefix}/`
  const bytes = new TextEncoder().encode(start).length
  if (bytes > longest.key - longest.name) {
    const description = `The prefix takes ${bytes} bytes, and may take ${longest.key - longest.name} of the ${longest.key} that a key has. Choose a shorter one.`
    return yield* new BucketFailed({ bucket: `s3://${Bucket}`, description })
  }
  const locate = (key: string) => `s3://${Bucket}/${key === "" ? prefix : start + key}`
  const reason = reasonIn(locate(""))
  const sdk: Sdk = yield* load(locate(""))
  const client: S3Client = yield* Effect.acquireRelease(
    Effect.sync(() => new sdk.S3Client(configOf(options))),
    (client) => Effect.sync(() => client.destroy())
  )
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args).catch((cause: unknown) => {
          // By its own name it would be repeated.
          if (isSilence(cause)) cause.name = silent
          throw cause
        })
        const { response } = result
        if (!isAnswer(response)) return result
        const { body, headers, statusCode } = response
        const odd = oddityOf(commandName, statusCode, headers)
        if (odd === undefined) return result
        if (body instanceof Readable) body.destroy()
        const found = { name: foreign, $metadata: { httpStatusCode: statusCode }, $response: { headers } }
        throw Object.assign(new Error(odd), found)
      },
    // Between the reading of answers and the network.
    { step: "deserialize", priority: "low" }
  )

  const attempt = <A>(run: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, Failure> =>
    Effect.tryPromise({ try: run, catch: failureOf })
  const told = <A>(effect: Effect.Effect<A, Failure>): Effect.Effect<A, Reason> => Effect.mapError(effect, reason)
  /** `undefined` where nothing is. */
  const found = <A>(effect: Effect.Effect<A, Failure>): Effect.Effect<A | undefined, Reason> =>
    told(Effect.catchIf(effect, isMissing, () => Effect.undefined))
  const at = (key: string) => ({ Bucket, Key: start + key })

  const download = (key: string, Range?: string) =>
    Effect.suspend(() => {
      let isCutOff = false
      return attempt(async (abortSignal) => {
        const { Body, ETag } = await client.send(new sdk.GetObjectCommand({ ...at(key), Range }), { abortSignal })
        isCutOff = true
        return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag: ETag ?? "" }
      }).pipe(Effect.mapError((failure) => ({ ...failure, isCutOff: isCutOff && failure.name !== silent })))
    }).pipe(Effect.retry(whileCutOff))

  const get: Bucket["get"] = (key) => found(download(key))

  const head = (key: string) =>
    attempt((abortSignal) => client.send(new sdk.HeadObjectCommand(at(key)), { abortSignal })).pipe(
      // Its answers have no place for a code.
      Effect.mapError((failure) =>
        failure.status === 404 ? { ...failure, name: "NoSuchKey" } : { ...failure, isS3: failure.name !== foreign }
      ),
      found
    )

  const range = (key: string, from: number, length: number) => download(key, `bytes=${from}-${from + length - 1}`)

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

  /** The same, of a write whose answer may have been lost: repeated, it meets what it wrote itself. */
  const done = Effect.fnUntraced(function* (key: string, bytes: Uint8Array, condition: Condition) {
    const written = yield* told(onCondition(key, bytes, condition))
    if (written !== undefined) return written
    const there = yield* get(key)
    return there !== undefined && isSame(there.bytes, bytes) ? there.etag : undefined
  })

  /** How the server wants a tag in `If-Match`: in its quotes, as the standard has it, or without. */
  const spelling = yield* Effect.cached(
    Effect.gen(function* () {
      const key = `.export/probe-${crypto.randomUUID()}`
      const probe = (text: string, condition: Condition) =>
        told(onCondition(key, new TextEncoder().encode(text), condition))
      /** One that is to be done: no two are of the same text, so that one that was repeated is known by it. */
      const accepted = (text: string, condition: Condition) => done(key, new TextEncoder().encode(text), condition)
      const without = (header: NoConditionalWrites["header"]) => new NoConditionalWrites({ bucket: locate(""), header })
      return yield* Effect.gen(function* () {
        const etag = yield* accepted("a probe", { IfNoneMatch: "*" })
        if (etag === undefined || (yield* probe("a second", { IfNoneMatch: "*" })) !== undefined) {
          return yield* without("If-None-Match")
        }
        for (const [name, spell] of [
          ["quoted", quoted],
          ["unquoted", unquoted]
        ] as const) {
          if ((yield* accepted(name, { IfMatch: spell(etag) })) === undefined) continue
          if ((yield* probe("another", { IfMatch: spell(`"${"0".repeat(32)}"`) })) === undefined) return spell
        }
        return yield* without("If-Match")
      }).pipe(Effect.ensuring(Effect.ignore(remove([key]))))
    })
  )

  const swap: Bucket["swap"] = Effect.fnUntraced(function* (key, etag, bytes) {
    const spell = yield* spelling
    return yield* done(key, bytes, etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: spell(etag) })
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
                (found) => found.etag === etag,
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

const replaced: Failure = {
  name: "Replaced",
  status: 412,
  description: "The object was replaced while it was read. Run the same command again when nothing else writes there.",
  isS3: true
}

const quoted = (etag: string): string => etag
const unquoted = (etag: string): string => etag.replaceAll('"', "")

/** The SDK repeats requests, but not what it has begun to read. */
const whileCutOff = {
  while: ({ isCutOff = false }: Failure) => isCutOff,
  times: 2,
  schedule: Schedule.spaced("200 millis")
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])
