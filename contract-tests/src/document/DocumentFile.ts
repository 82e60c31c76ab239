/** Files of documents: their bytes, text and content, each within bounds, and what is none of these told for what it is. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Yaml from "js-yaml"

/** A document or overlay that cannot be used: unreadable, no YAML or JSON, no OpenAPI document, an action without effect. */
export class DocumentError extends Schema.TaggedError<DocumentError>()("DocumentError", {
  file: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.file}: ${this.description}`
  }
}

/** What is read: of bytes, in all files of a document; of values and how deep they are nested, aliases written out. */
export const most = { bytes: 16_000_000, values: 2_000_000, depth: 100 } as const

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`

/** Why a document is too large. */
export const tooLarge = `larger than ${megabytes(most.bytes)}, which is more than the suite reads: leave out what the client has no operation for`

// ---------------------------------------------------------------------------------------------------------------------
// bytes
// ---------------------------------------------------------------------------------------------------------------------

/** All bytes of a stream; `undefined` where there are more than a document may have. */
export const collect = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Effect.Effect<Uint8Array | undefined, E, R> =>
  Effect.gen(function* () {
    const chunks: Array<Uint8Array> = []
    let size = 0
    yield* Stream.runForEachWhile(bytes, (chunk) =>
      Effect.sync(() => {
        chunks.push(chunk)
        size += chunk.length
        return size <= most.bytes
      })
    )
    if (size > most.bytes) return undefined
    const all = new Uint8Array(size)
    let offset = 0
    for (const chunk of chunks) {
      all.set(chunk, offset)
      offset += chunk.length
    }
    return all
  })

const reasons: { readonly [reason: string]: string } = {
  NotFound: "there is no such file",
  PermissionDenied: "it may not be read"
}

const unreadable = ({ message, reason }: PlatformError.PlatformError): string => reasons[reason._tag] ?? message

/** Reads a text file. `name` is what it is called where it is told of. */
export const read = Effect.fnUntraced(function* (file: string, name: string = file) {
  const fs = yield* FileSystem.FileSystem
  const fail = (description: string) => new DocumentError({ file: name, description })
  const { type } = yield* Effect.mapError(fs.stat(file), (error) => fail(unreadable(error)))
  if (type === "Directory") return yield* fail("it is a folder: name the file of the document in it")
  const bytes = yield* Effect.mapError(collect(fs.stream(file)), (error) => fail(unreadable(error)))
  return bytes === undefined ? yield* fail(tooLarge) : yield* textOf(name, bytes)
})

// ---------------------------------------------------------------------------------------------------------------------
// text
// ---------------------------------------------------------------------------------------------------------------------

const archives: ReadonlyArray<readonly [start: ReadonlyArray<number>, what: string]> = [
  [[0x1f, 0x8b], "compressed with gzip: unpack it first, with gunzip"],
  [[0x50, 0x4b, 0x03, 0x04], "a ZIP archive: unpack it first, and name the document in it"],
  [[0x28, 0xb5, 0x2f, 0xfd], "compressed with Zstandard: unpack it first, with unzstd"],
  [[0x42, 0x5a, 0x68], "compressed with bzip2: unpack it first, with bunzip2"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "compressed with xz: unpack it first, with unxz"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF: the suite reads OpenAPI documents in YAML or JSON"]
]

/** Every other byte of text in a Latin script is zero in UTF-16. */
const isUtf16 = (bytes: Uint8Array): boolean => {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  return (
    bytes.length >= 4 &&
    (first === 0) !== (second === 0) &&
    (first === 0) === (third === 0) &&
    (second === 0) === (fourth === 0)
  )
}

const page = /^\s*(<!--[^]*?-->\s*)*<(!doctype\s+html|html|head|body|script|meta|title|div)\b/i

/** What bytes or text are that cannot be a document, in words that end the sentence "it is …". */
const notText = (bytes: Uint8Array): string | undefined => {
  if (bytes.length === 0) return "empty: it has no bytes"
  const archive = archives.find(([start]) => start.every((byte, index) => bytes[index] === byte))
  if (archive !== undefined) return archive[1]
  if (isUtf16(bytes)) return "text in UTF-16: save it as UTF-8, with iconv -f UTF-16 -t UTF-8"
  return bytes.includes(0) ? "binary, not text: the suite reads OpenAPI documents in YAML or JSON" : undefined
}

const notDocument = (text: string): string | undefined => {
  if (text.trim() === "") return "empty: there is nothing but white space in it"
  if (page.test(text)) {
    return "an HTML page: download the document itself (the raw file, not the page about it, and without a login)"
  }
  return /^\s*<(\?xml|[a-z])/i.test(text) ? "XML: the suite reads OpenAPI documents in YAML or JSON" : undefined
}

/** The text that bytes are, in UTF-8. Fails with what they are when they cannot be a document. */
export const textOf = (file: string, bytes: Uint8Array): Effect.Effect<string, DocumentError> => {
  const fail = (what: string) => Effect.fail(new DocumentError({ file, description: `it is ${what}` }))
  const other = notText(bytes)
  if (other !== undefined) return fail(other)
  const text = Result.try(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  if (Result.isFailure(text)) return fail("text, but not in UTF-8: save it as UTF-8")
  const none = notDocument(text.success)
  return none === undefined ? Effect.succeed(text.success) : fail(none)
}

// ---------------------------------------------------------------------------------------------------------------------
// content
// ---------------------------------------------------------------------------------------------------------------------

const schema = Yaml.CORE_SCHEMA.withTags(Yaml.mergeTag)

const contentOf = (text: string): unknown => {
  // JSON is YAML, but read ten times as fast.
  const json = Result.try((): unknown => JSON.parse(text))
  return Result.isSuccess(json) ? json.success : Yaml.load(text, { schema, maxDepth: most.depth })
}

interface Extent {
  readonly values: number
  readonly depth: number
}

/** How much a value is, aliases written out; `undefined` for one that contains itself. */
const extentOf = (value: unknown, known: Map<object, Extent | undefined>, above: number): Extent | undefined => {
  if (!Predicate.isObjectOrArray(value)) return { values: 1, depth: 0 }
  if (known.has(value)) return known.get(value)
  // What is open contains itself when it is met again.
  known.set(value, undefined)
  let [values, depth] = [1, 0]
  for (const inner of above > most.depth ? [] : Object.values(value)) {
    const extent = extentOf(inner, known, above + 1)
    if (extent === undefined) return undefined
    values += extent.values
    depth = Math.max(depth, extent.depth)
  }
  const extent = { values, depth: depth + 1 }
  known.set(value, extent)
  return extent
}

const tooDeep = `nested more than ${most.depth} levels deep, more than the suite reads`

/**
 * What is too much about a value, in words that end the sentence "it is …": aliases of YAML repeat what they name, and
 * those of a few lines can stand for more than there is memory.
 */
const excess = (value: unknown): string | undefined => {
  const extent = extentOf(value, new Map(), 0)
  if (extent === undefined) return "a document that contains itself, by an alias"
  if (extent.depth > most.depth) return tooDeep
  return extent.values > most.values
    ? `a document of ${extent.values} values with its aliases written out, more than the suite reads (${most.values})`
    : undefined
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]?.replace(/:$/, "") ?? "unreadable"

/** The content of a YAML or JSON text. */
export const parse = (file: string, text: string): Effect.Effect<unknown, DocumentError> => {
  const fail = (description: string) => Effect.fail(new DocumentError({ file, description }))
  const content = Result.try({ try: () => contentOf(text), catch: firstLine })
  if (Result.isFailure(content)) {
    return fail(
      content.failure.startsWith("nesting exceeded") ? `it is ${tooDeep}` : `not YAML or JSON: ${content.failure}`
    )
  }
  const problem = excess(content.success)
  return problem === undefined ? Effect.succeed(content.success) : fail(`it is ${problem}`)
}
