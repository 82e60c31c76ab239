import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { BodyTooLargeError } from "../IntercomError.ts"
import * as JsonPieces from "./JsonPieces.ts"

type Response = HttpClientResponse.HttpClientResponse

/** A body that was read. */
export interface Body {
  readonly text: string
  /** Of an error's body, the beginning will do. */
  readonly complete: boolean
  /** The text as JSON that is read in pieces; it is put together only for who asks for it. */
  readonly pieces?: JsonPieces.JsonPieces
  /** The encoding nobody asked for and this runtime cannot undo; the text is senseless then. */
  readonly encoding?: string
  /** What its bytes should be and are not: characters of the text are replaced. */
  readonly charset?: string
}

const bodies = new WeakMap<Response, Body>()

/** The body of a response that was read. */
export const of = (response: Response): Body => bodies.get(response) ?? { text: "", complete: true }

// The API's own take some hundred bytes.
const longestError = 1_048_576

/** The value of a body that is JSON; throws where it is none. */
export const json = (body: Body, parse: (text: string) => unknown): unknown =>
  body.pieces === undefined ? parse(body.text) : JsonPieces.parse(body.pieces, parse)

/**
 * Reads the body of a response; {@link of} has it then. One of more than `limit` bytes, as they come or unpacked, fails;
 * an error's is cut off. Nothing of a body is read past its limit, and its connection is released.
 */
export const read =
  (limit: number) =>
  <E, R>(response: Effect.Effect<Response, E, R>) =>
    Effect.tap(response, (response) => {
      const success = response.status >= 200 && response.status < 300
      return Effect.flatMap(bodyOf(response, success ? limit : Math.min(limit, longestError)), (body) =>
        body.complete || !success
          ? Effect.sync(() => bodies.set(response, body))
          : Effect.fail(new BodyTooLargeError({ status: response.status, limit }))
      )
    })

const bodyOf = (response: Response, limit: number): Effect.Effect<Body, HttpClientError.HttpClientError> =>
  Effect.flatMap(bytesOf(response, limit), (collected) =>
    collected.size > 0
      ? Option.match(collected.failure, {
          onNone: () => decode(collected, response.headers, limit),
          onSome: Effect.failCause
        })
      : // The transport has read it already, to log it say, or has nothing but text, or there is none.
        Effect.flatMap(Effect.exit(response.text), (text) =>
          Exit.isSuccess(text)
            ? Effect.succeed(within(text.value, limit))
            : Option.match(collected.failure, {
                onNone: () => Effect.succeed({ text: "", complete: true }),
                // To stream what was read already is a defect of some transports; why it could not be read is no defect.
                onSome: (cause) => Effect.failCause(Cause.hasFails(cause) ? cause : text.cause)
              })
        )
  )

const encoder = new TextEncoder()

const within = (text: string, limit: number): Body => ({
  text: text.slice(0, limit),
  // A character takes three bytes at most.
  complete: text.length * 3 <= limit || (text.length <= limit && encoder.encode(text).length <= limit)
})

/** In one piece where it says how long it is, which a connection holds it to: a stream takes a fifth more of a walk. */
const bytesOf = (response: Response, limit: number): Effect.Effect<Collected<HttpClientError.HttpClientError>> => {
  const length = response.headers["content-length"]
  // A transport may unpack what is encoded, to any length.
  const bounded = length !== undefined && Number(length) <= limit && response.headers["content-encoding"] === undefined
  if (!bounded) return collect(response.stream, limit)
  return Effect.map(response.arrayBuffer, (buffer) => ({
    bytes: new Uint8Array(buffer, 0, Math.min(buffer.byteLength, limit)),
    size: buffer.byteLength,
    failure: Option.none()
  })).pipe(
    Effect.catchCause((cause) =>
      Cause.hasInterrupts(cause)
        ? interrupted(cause)
        : Effect.succeed({ bytes: new Uint8Array(0), size: 0, failure: Option.some(cause) })
    )
  )
}

// An error beside the interruption tells nobody anything.
const interrupted = (cause: Cause.Cause<unknown>) => Effect.failCause(cause as Cause.Cause<never>)

/** The bytes of a stream, up to a limit, and what it failed with. */
interface Collected<E> {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of all bytes that came; more than there are in `bytes` where the limit was passed. */
  readonly size: number
  readonly failure: Option.Option<Cause.Cause<E>>
}

const collect = <E>(stream: Stream.Stream<Uint8Array, E>, limit: number): Effect.Effect<Collected<E>> =>
  Effect.suspend(() => {
    let bytes = new Uint8Array(Math.min(limit, 65_536))
    let size = 0
    const add = (chunk: Uint8Array) => {
      const kept = chunk.subarray(0, limit - size)
      if (size + kept.length > bytes.length) {
        const larger = new Uint8Array(Math.min(limit, Math.max(bytes.length * 2, size + kept.length)))
        larger.set(bytes)
        bytes = larger
      }
      bytes.set(kept, size)
      size += chunk.length
      return size <= limit
    }
    const collected = (failure: Option.Option<Cause.Cause<E>>) => ({
      bytes: bytes.subarray(0, Math.min(size, limit)),
      size,
      failure
    })
    return Stream.runForEachWhile(stream, (chunk) => Effect.sync(() => add(chunk))).pipe(
      Effect.map(() => collected(Option.none())),
      Effect.catchCause((cause) =>
        Cause.hasInterrupts(cause)
          ? interrupted(cause)
          : // To cancel a web stream that failed is a defect beside its error.
            Effect.succeed(
              collected(
                Option.some(Option.match(Cause.findErrorOption(cause), { onNone: () => cause, onSome: Cause.fail }))
              )
            )
      )
    )
  })

const strict = new TextDecoder("utf-8", { fatal: true })
const lenient = new TextDecoder()

// A server may pack what it packed.
const mostEncodings = 4

/**
 * Undoes the encodings of a body. `fetch` has done so already and leaves the header, other transports do not: whatever is
 * text is not packed, as no packed text is UTF-8.
 */
const decode = Effect.fnUntraced(function* (
  { bytes, size }: Collected<unknown>,
  headers: Response["headers"],
  limit: number
) {
  const encodings = encodingsOf(headers["content-encoding"], bytes)
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(headers["content-type"] ?? "")?.[1]
  const { utf8, named } = readers(charset)
  let complete = size <= limit
  let packed = bytes
  for (const encoding of encodings) {
    const body = inPieces(packed, complete, utf8) ?? inOne(utf8(packed) ?? jsonLike(named(packed)), complete)
    if (body !== undefined) return body
    const unpacked = encodings.length > mostEncodings ? undefined : yield* unpack(packed, encoding, limit, complete)
    if (unpacked === undefined) return { text: lenient.decode(packed), complete, encoding }
    complete &&= unpacked.size <= limit
    packed = unpacked.bytes
  }
  return (
    inPieces(packed, complete, utf8) ??
    inOne(utf8(packed) ?? named(packed), complete) ?? {
      text: lenient.decode(packed),
      complete,
      charset: charset ?? "UTF-8"
    }
  )
})

const inOne = (text: string | undefined, complete: boolean): Body | undefined =>
  text === undefined ? undefined : { text, complete }

const inPieces = (bytes: Uint8Array, complete: boolean, utf8: Reader): Body | undefined => {
  const pieces = complete && utf8 !== unreadable ? JsonPieces.split(bytes) : undefined
  return (
    pieces && {
      get text() {
        return lenient.decode(bytes)
      },
      complete,
      pieces
    }
  )
}

// Texts of these may pass for UTF-8, and are none.
const likeUtf8 = new Set(["utf-16le", "utf-16be", "iso-2022-jp"])

/** `undefined` for bytes of another charset. */
type Reader = (bytes: Uint8Array) => string | undefined

const reader =
  (decoder: TextDecoder): Reader =>
  (bytes) =>
    Result.getOrUndefined(Result.try(() => decoder.decode(bytes)))

const unreadable: Reader = () => undefined

/** JSON is UTF-8, and a proxy may add a charset that is not so: another is believed where the bytes are not UTF-8. */
const readers = (charset: string | undefined) => {
  const named = charset && Result.getOrUndefined(Result.try(() => new TextDecoder(charset, { fatal: true })))
  return {
    utf8: named && likeUtf8.has(named.encoding) ? unreadable : reader(strict),
    named: named ? reader(named) : unreadable
  }
}

// In a charset of a byte each, whatever is packed is a text.
const jsonLike = (text: string | undefined) => (text !== undefined && /^\s*["[{]/.test(text) ? text : undefined)

/** The last one applied is the first to undo. */
const encodingsOf = (header: string | undefined, bytes: Uint8Array): ReadonlyArray<string> => {
  if (header === undefined) return bytes[0] === 0x1f && bytes[1] === 0x8b ? ["gzip"] : []
  return header
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity")
    .toReversed()
}

// "deflate" is sent with and without the zlib header.
const formats: Readonly<Record<string, ReadonlyArray<string>>> = {
  gzip: ["gzip"],
  "x-gzip": ["gzip"],
  deflate: ["deflate", "deflate-raw"],
  br: ["brotli"],
  zstd: ["zstd"]
}

/** What was packed; `undefined` where the runtime does not know the format, or the bytes are of another. */
const unpack = Effect.fnUntraced(function* (
  bytes: Uint8Array<ArrayBuffer>,
  encoding: string,
  limit: number,
  complete: boolean
) {
  for (const format of formats[encoding] ?? []) {
    const unpacked = yield* unpackAs(format, bytes, limit)
    // The beginning of a packed text gives the beginning of the text, and fails.
    if (unpacked !== undefined && (isWhole(unpacked) || (!complete && unpacked.size > 0))) return unpacked
    const members = format === "gzip" && unpacked !== undefined ? yield* unpackMembers(bytes, limit) : undefined
    if (members !== undefined) return members
  }
  return undefined
})

const isWhole = ({ failure }: Collected<unknown>): boolean => Option.isNone(failure)

const unpackAs = (format: string, bytes: Uint8Array<ArrayBuffer>, limit: number) =>
  // Runtimes know more formats than the type, and throw at those they do not know.
  Result.match(
    Result.try(() => new DecompressionStream(format as CompressionFormat)),
    {
      onFailure: () => Effect.undefined,
      onSuccess: (decompression) =>
        collect(
          Stream.fromReadableStream({
            evaluate: () => new Blob([bytes]).stream().pipeThrough(decompression),
            onError: (cause) => cause
          }),
          limit
        )
    }
  )

// Whatever looks like the beginning of a member costs as much as the body, once more.
const mostStarts = 32

/** Gzip may have several members, one after the other, of which the platform's stream takes one: each ends where its checksum fits. */
const unpackMembers = Effect.fnUntraced(function* (bytes: Uint8Array<ArrayBuffer>, limit: number) {
  let unpacked: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  let size = 0
  let start = 0
  for (const end of [...startsOf(bytes).slice(0, mostStarts), bytes.length]) {
    const member = yield* unpackAs("gzip", bytes.subarray(start, end), limit - size)
    if (member === undefined || !isWhole(member)) continue
    const longer = new Uint8Array(unpacked.length + member.bytes.length)
    longer.set(unpacked)
    longer.set(member.bytes, unpacked.length)
    unpacked = longer
    size += member.size
    start = end
    if (size > limit) break
  }
  return size <= limit && start < bytes.length ? undefined : { bytes: unpacked, size, failure: Option.none() }
})

/** Where the members of a gzip after the first may begin. */
const startsOf = (bytes: Uint8Array): ReadonlyArray<number> => {
  const starts: Array<number> = []
  for (let at = bytes.indexOf(0x1f, 1); at > 0; at = bytes.indexOf(0x1f, at + 1)) {
    if (bytes[at + 1] === 0x8b && bytes[at + 2] === 0x08) starts.push(at)
  }
  return starts
}
