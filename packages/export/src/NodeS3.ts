/// <reference types="node" />
/**
 * Object storage as a sink: a bucket of Amazon S3, or of a server that speaks its protocol and heeds the conditions of
 * writes (`If-Match`, `If-None-Match`). `internal/ObjectSink.ts` says which objects there are. It needs the package
 * `@aws-sdk/client-s3`, which those who write elsewhere need not install: it is loaded when an export begins.
 *
 * A finished output is one object, byte for byte the file that `Ndjson`, `Csv` or `Parquet` writes. It appears when it is
 * complete, in place of the one before; readers see the one or the other.
 *
 * An export finds out, before it writes, whether the server heeds conditions: without them two exports could not be kept
 * apart, and it fails with `NoConditionalWrites`. A bucket with versions keeps every version of the small root, which is
 * replaced with each commit: let a lifecycle rule end those that are not current below `.export/`.
 */
import * as Config from "effect/Config"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as FileFormats from "./internal/FileFormats.ts"
import * as ObjectSink from "./internal/ObjectSink.ts"
import * as S3Bucket from "./internal/S3Bucket.ts"
import type { Sink } from "./Sink.ts"

/** How the server is reached; what is absent, the AWS SDK finds as it does everywhere: profiles, roles of the machine. */
export type Server = S3Bucket.Server

/** What is written, and where. */
export type Options = Server & {
  /** It has to be there. */
  readonly bucket: string
  /** Where in the bucket: `exports/acme`. Nothing else may write below it. @default all of it */
  readonly prefix?: string | undefined
  /**
   * After how long without a sign of life another export's lock is ignored. That of a process on this host
   * that has ended is ignored at once. @default 1 minute
   */
  readonly patience?: Duration.Input | undefined
} & FileFormats.Options

/** What the sink needs of the machine. */
export type Environment = ObjectSink.Environment

/**
 * The server of the usual variables: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_DEFAULT_REGION`,
 * `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
 */
export const config: Config.Config<Server> = Config.map(
  Config.all({
    endpoint: Config.option(
      Config.orElse(Config.NonEmptyString("AWS_ENDPOINT_URL_S3"), () => Config.NonEmptyString("AWS_ENDPOINT_URL"))
    ),
    region: Config.option(
      Config.orElse(Config.NonEmptyString("AWS_REGION"), () => Config.NonEmptyString("AWS_DEFAULT_REGION"))
    ),
    accessKeyId: Config.option(Config.NonEmptyString("AWS_ACCESS_KEY_ID")),
    secretAccessKey: Config.option(Config.Redacted("AWS_SECRET_ACCESS_KEY")),
    sessionToken: Config.option(Config.Redacted("AWS_SESSION_TOKEN"))
  }),
  ({ accessKeyId, endpoint, region, secretAccessKey, sessionToken }) => ({
    endpoint: Option.getOrUndefined(endpoint),
    region: Option.getOrUndefined(region),
    credentials: Option.getOrUndefined(
      Option.map(Option.all({ accessKeyId, secretAccessKey }), (keys) => ({
        ...keys,
        sessionToken: Option.getOrUndefined(sessionToken)
      }))
    )
  })
)

/**
 * The sink below this prefix.
 *
 * @example
 * ```ts
 * import { Export } from "@effect-intercom/export"
 * import * as NodeS3 from "@effect-intercom/export/NodeS3"
 * import { Effect, Layer } from "effect"
 *
 * const objects = Layer.unwrap(
 *   Effect.map(NodeS3.config, (server) =>
 *     NodeS3.layer({ ...server, bucket: "acme-lake", prefix: "intercom", compression: "zstd" })
 *   )
 * )
 *
 * const exported = Export.entries({ resources: ["contacts"] }).pipe(Effect.provide(objects))
 * ```
 */
export const layer = (options: Options): Layer.Layer<Sink, never, Environment> => {
  const { bucket, patience = "1 minute" } = options
  const prefix = (options.prefix ?? "").replace(/^\/+|\/+$/g, "")
  const place = prefix === "" ? `s3://${bucket}` : `s3://${bucket}/${prefix}`
  return Layer.unwrap(
    Effect.map(FileFormats.make(options), (format) =>
      ObjectSink.layer({ bucket: S3Bucket.make({ ...options, prefix }), place, format, patience })
    )
  )
}
