/**
 * A document in several files, made one. A `$ref` is a reference wherever it stands, within an example too, as it is to
 * Prism; what it leads to is read here and nowhere else: files below the document's own folder, symbolic links
 * resolved, or URLs below that of a document that was fetched, and what is allowed by name.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as JsonPointer from "effect/JsonPointer"
import * as Path from "effect/Path"
import type * as Schema from "effect/Schema"
import { $RefParser } from "@apidevtools/json-schema-ref-parser"
import { DocumentError, most, parse, read as readFile, tooLarge } from "./DocumentFile.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as PositionedText from "./PositionedText.ts"

type Json = Schema.Json

/** Fetches the text behind a URL; where a redirect leads must be permitted, too. */
export type Fetch = (url: URL, permits: (url: URL) => boolean) => Effect.Effect<string, DocumentError>

export interface Options {
  /** Folders, files and URLs that may be referred to, with all below them. */
  readonly allowed?: ReadonlyArray<string> | undefined
  /** How URLs are read; without it none is. */
  readonly fetch?: Fetch | undefined
}

/** A place in one of the files of a document. */
export interface Origin {
  readonly file: string
  readonly pointer: string
}

export interface Bundle {
  readonly document: Json
  /** The text of every file, by its name. */
  readonly sources: ReadonlyMap<string, string>
  /** Where a place of the document is written. */
  readonly origin: (pointer: string) => Origin
}

/** A `$ref`, or what else names a schema by its address. */
interface Reference {
  readonly pointer: string
  readonly to: string
  /** Whether the document is incomplete without what it leads to. */
  readonly needed: boolean
}

interface File {
  readonly url: URL
  readonly name: string
  readonly text: string
  readonly content: Json
}

const keywords = new Set(["$ref", "$dynamicRef", "$recursiveRef"])

// Names of schemas are values of a mapping, too.
const isAddress = (text: string): boolean => /^[a-z][a-z+.-]*:|[/#\\]|\.(ya?ml|json)$/i.test(text)

/** All that leads out of a file. Nothing reads the addresses of a mapping. */
const referencesIn = (value: Json, pointer = ""): ReadonlyArray<Reference> => {
  return JsonNode.children({ ...JsonNode.make(value), pointer }).flatMap(([key, { pointer: at, value: inner }]) => {
    if (typeof inner === "string" && keywords.has(key)) {
      return inner.startsWith("#") ? [] : [{ pointer: at, to: inner, needed: key === "$ref" }]
    }
    const mapping = key === "discriminator" && JsonNode.isRecord(inner) ? inner["mapping"] : undefined
    const named = JsonNode.isRecord(mapping)
      ? Object.entries(mapping).flatMap(([name, to]) =>
          typeof to === "string" && !to.startsWith("#") && isAddress(to)
            ? [{ pointer: JsonNode.below(at, "mapping", name), to, needed: false }]
            : []
        )
      : []
    return [...named, ...referencesIn(inner, at)]
  })
}

/** The first reference that leads out of a document. */
export const externalReference = (document: Json): Pick<Reference, "pointer" | "to"> | undefined =>
  referencesIn(document)[0]

const withoutHash = (url: URL): URL => {
  const copy = new URL(url)
  copy.hash = ""
  return copy
}

const below = (prefix: URL, url: URL): boolean => {
  const [outer, inner] = [prefix.href.replace(/\/$/, ""), withoutHash(url).href]
  return inner === outer || inner.startsWith(`${outer}/`)
}

// Servers and file systems may read an escaped slash as a slash.
const isPlain = ({ password, pathname, username }: URL): boolean =>
  !/%(2f|5c|00)/i.test(pathname) && username === "" && password === ""

const isWeb = ({ protocol }: URL): boolean => protocol === "http:" || protocol === "https:"

/** The address of a file, symbolic links resolved as far as it is there. */
const realUrl = Effect.fnUntraced(function* (file: string) {
  const [fs, path] = [yield* FileSystem.FileSystem, yield* Path.Path]
  const real = yield* Effect.orElseSucceed(fs.realPath(file), () => path.resolve(file))
  return yield* Effect.orDie(path.toFileUrl(real))
})

const allowedUrls = (allowed: ReadonlyArray<string>) =>
  Effect.forEach(allowed, (prefix) => {
    const url = /^(https?|file):/i.test(prefix) ? URL.parse(prefix) : null
    if (url === null) return realUrl(prefix)
    return url.protocol === "file:"
      ? Effect.flatMap(Path.Path, (path) => Effect.flatMap(Effect.orDie(path.fromFileUrl(url)), realUrl))
      : Effect.succeed(url)
  })

const lineOf = (text: string, pointer: string): string => {
  const span = PositionedText.make(text).locate(pointer)
  return span === undefined ? "" : `, line ${span.line}`
}

const refused = (file: File, { pointer, to }: Reference, why: string) =>
  new DocumentError({
    file: file.name,
    description: `the reference ${to} at #${pointer}${lineOf(file.text, pointer)} ${why}`
  })

/** What a reference may be followed to, and how. */
const reader = Effect.fnUntraced(function* (root: File, { allowed = [], fetch }: Options) {
  const [fs, path] = [yield* FileSystem.FileSystem, yield* Path.Path]
  const folder = new URL(".", root.url)
  const own = isWeb(folder) ? folder : yield* Effect.flatMap(Effect.orDie(path.fromFileUrl(folder)), realUrl)
  const prefixes = [own, ...(yield* allowedUrls(allowed))]
  const permits = (url: URL) => isPlain(url) && prefixes.some((prefix) => below(prefix, url))
  const outside = (file: File, reference: Reference, target: URL) => {
    const advice = isPlain(target)
      ? `allow it with --allow-ref ${withoutHash(target).href}, if you trust it`
      : "its address must have no user and no escaped slashes"
    return refused(file, reference, `leads out of the folder of the document, to ${target.href}: ${advice}`)
  }

  const fromWeb = Effect.fnUntraced(function* (file: File, reference: Reference, target: URL) {
    if (!permits(target)) return yield* outside(file, reference, target)
    if (fetch === undefined) return yield* refused(file, reference, "leads to a URL, and nothing is fetched here")
    return { name: target.origin + target.pathname, text: yield* fetch(target, permits) }
  })

  const fromDisk = Effect.fnUntraced(function* (file: File, reference: Reference, target: URL) {
    const local = yield* Effect.mapError(path.fromFileUrl(target), () =>
      refused(file, reference, "is no path of this machine")
    )
    // A file that is not there tells nothing of what is.
    if (!permits(yield* realUrl(local))) return yield* outside(file, reference, target)
    if (!(yield* Effect.orElseSucceed(fs.exists(local), () => false))) {
      return yield* refused(file, reference, "leads to a file that is not there")
    }
    const name = path.join(path.dirname(root.name), path.relative(yield* Effect.orDie(path.fromFileUrl(folder)), local))
    return { name: isWeb(root.url) ? local : name, text: yield* readFile(local, name) }
  })

  const resolve = (file: File, reference: Reference) =>
    Effect.suspend(() => {
      const target = URL.parse(reference.to, file.url.href)
      if (target === null) return Effect.fail(refused(file, reference, "is no address"))
      if (!isWeb(target) && target.protocol !== "file:") {
        return Effect.fail(refused(file, reference, "leads to no file and no web page"))
      }
      return Effect.succeed(target)
    })

  return {
    resolve,
    /** Fails unless a reference may be followed. */
    check: Effect.fnUntraced(function* (file: File, reference: Reference) {
      const target = yield* resolve(file, reference)
      const url = isWeb(target)
        ? target
        : yield* Effect.matchEffect(path.fromFileUrl(target), {
            onFailure: () => Effect.succeed(target),
            onSuccess: realUrl
          })
      if (!permits(url)) return yield* outside(file, reference, target)
    }),
    read: (file: File, reference: Reference, target: URL) =>
      isWeb(target) ? fromWeb(file, reference, target) : fromDisk(file, reference, target)
  }
})

// Documents have a file for each path and schema.
const mostFiles = 2000

const collect = Effect.fnUntraced(function* (root: File, options: Options) {
  const { check, read, resolve } = yield* reader(root, options)
  const files = new Map([[root.url.href, root]])
  let size = root.text.length
  for (const file of files.values()) {
    for (const reference of referencesIn(file.content)) {
      yield* check(file, reference)
      const target = withoutHash(yield* resolve(file, reference))
      if (!reference.needed || files.has(target.href)) continue
      const { name, text } = yield* read(file, reference, target)
      size += text.length
      if (size > most.bytes || files.size >= mostFiles) {
        return yield* new DocumentError({ file: root.name, description: `it is, with all its files, ${tooLarge}` })
      }
      // What is parsed are values of JSON, or fails to be bundled as such.
      files.set(target.href, { url: target, name, text, content: (yield* parse(name, text)) as Json })
    }
  }
  return files
})

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? ""

/** The library is given what was read, and can read nothing itself. */
const join = (root: File, files: ReadonlyMap<string, File>) =>
  Effect.tryPromise({
    try: async () => {
      const parser = new $RefParser()
      return await parser.bundle(root.url.href, structuredClone(root.content) as object, {
        resolve: { file: false, http: false, files: { order: 1, canRead: true, read: ({ url }) => url } },
        parse: {
          json: false,
          yaml: false,
          text: false,
          binary: false,
          files: {
            order: 1,
            canParse: true,
            parse: ({ url }) => structuredClone(files.get(withoutHash(new URL(url)).href)?.content)
          }
        },
        bundle: { optimizeInternalRefs: false }
      })
    },
    catch: (error) =>
      new DocumentError({ file: root.name, description: `its files are not one document: ${firstLine(error)}` })
  })

const at = (content: Json, tokens: ReadonlyArray<string>): JsonNode.Node | undefined =>
  JsonNode.descend(JsonNode.make(content), tokens)

/** Follows a pointer into the document through the files it was made of. */
const originIn =
  (root: File, files: ReadonlyMap<string, File>, document: Json) =>
  (pointer: string): Origin => {
    let file = root
    let inside: ReadonlyArray<string> = []
    const tokens = PositionedText.tokensOf(pointer)
    for (let index = 0; index <= tokens.length; index++) {
      const written = tokens.slice(0, index)
      // A reference that is not there any more was replaced by what it leads to.
      for (let hops = 0; hops < 64; hops++) {
        const to = JsonNode.record(at(file.content, inside) ?? JsonNode.make(null))["$ref"]
        const kept = JsonNode.record(at(document, written) ?? JsonNode.make(null))["$ref"]
        if (typeof to !== "string" || typeof kept === "string") break
        const target = URL.parse(to, file.url.href)
        const next = target === null ? undefined : files.get(withoutHash(target).href)
        if (target === null || next === undefined) break
        file = next
        inside = JsonPointer.parseUriFragment(target.hash === "" ? "#" : target.hash) ?? []
      }
      const token = tokens[index]
      if (token !== undefined) inside = [...inside, token]
    }
    return { file: file.name, pointer: JsonNode.below("", ...inside) }
  }

/** Makes one document of a file and those it refers to. One that refers to none is left as it is. */
export const make = Effect.fn("Bundle.make")(function* (
  source: { readonly name: string; readonly url: URL; readonly text: string },
  content: Json,
  options: Options = {}
) {
  const root: File = { ...source, url: withoutHash(source.url), content }
  const files = yield* collect(root, options)
  // The library makes JSON of JSON.
  const document = files.size === 1 ? content : ((yield* join(root, files)) as Json)
  const left = referencesIn(document).find(({ needed }) => needed)
  if (left !== undefined) return yield* refused(root, left, "could not be made part of the document")
  const bundle: Bundle = {
    document,
    sources: new Map([...files.values()].map(({ name, text }) => [name, text])),
    origin: originIn(root, files, document)
  }
  return bundle
})

/** The address of a document's file. */
export const urlOfFile = Effect.fnUntraced(function* (file: string) {
  const path = yield* Path.Path
  return yield* Effect.orDie(path.toFileUrl(path.resolve(file)))
})
