/**
 * The document the suite checks against: a published OpenAPI document with overlays (OpenAPI Overlay 1.0) applied in
 * memory, and for every action of an overlay the places it changed.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as JsonPatch from "effect/JsonPatch"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { openapiOverlay, type OpenApiDocument, resolveJsonPath } from "openapi-format"
import { parse as parseYaml } from "yaml"
import type { Finding } from "./Divergence.ts"
import { at as nodeAt, isRecord } from "./Node.ts"
import * as Normalise from "./Normalise.ts"
import * as Revision from "./Revision.ts"

/** A document or overlay that cannot be used: unreadable, no YAML or JSON, no OpenAPI document, an action without effect. */
export class DocumentError extends Schema.TaggedError<DocumentError>()("DocumentError", {
  file: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.file}: ${this.description}`
  }
}

/** One action of an OpenAPI overlay. `update` is an object or array to merge into each target; or they are removed. */
export const Action = Schema.Struct({
  target: Schema.String.check(Schema.isPattern(/^\$/)),
  description: Schema.NonEmptyString,
  update: Schema.optionalKey(Schema.Union([Schema.Record(Schema.String, Schema.Json), Schema.Array(Schema.Json)])),
  remove: Schema.optionalKey(Schema.Literal(true))
}).check(
  Schema.makeFilter((action) => (action.update === undefined) === (action.remove === true), {
    expected: "an action with either update or remove: true"
  })
)
export type Action = typeof Action.Type

/** An OpenAPI overlay. A description is required of every action: it is where the reason and the source are. */
export const Overlay = Schema.Struct({
  overlay: Schema.String.check(Schema.isPattern(/^1\.0\.\d+$/)),
  info: Schema.Struct({ title: Schema.String, version: Schema.String }),
  actions: Schema.Array(Action)
})
export type Overlay = typeof Overlay.Type

/** An action that was applied. */
export interface AppliedAction {
  readonly file: string
  /** Its place among the actions of the file, from 0. */
  readonly index: number
  readonly target: string
  readonly description: string
  /** JSON pointers of what it added, replaced or removed. */
  readonly changes: ReadonlyArray<string>
  /** JSON pointers of the arrays that got or lost items by it. */
  readonly lists: ReadonlyArray<string>
}

export interface EffectiveDocument {
  /** The file it was read from. */
  readonly source: string
  /** The document with all actions applied. */
  readonly document: Schema.Json
  /** The document as published. */
  readonly published: Schema.Json
  readonly actions: ReadonlyArray<AppliedAction>
  /** What of the document no validator can read, and was left out. */
  readonly defects: ReadonlyArray<Finding>
  /** The text of the document and of every overlay, by the file it was read from. */
  readonly sources: ReadonlyMap<string, string>
  /** Whether it is the project's document with the project's overlays: what its simulator must keep to. */
  readonly own: boolean
  /** What it is compared with: the project's document, of which it is another version. */
  readonly revision?: Revision.Revision
}

/**
 * Which overlays to apply. `auto`: the project's own, if the document is the one they are written for or a version of
 * it, and otherwise none.
 */
export type Overlays = "auto" | "none" | ReadonlyArray<string>

export interface Options {
  /** A YAML or JSON file; the document in the project's `spec` folder when left out. */
  readonly spec?: string | undefined
  /** The text of `spec`, when it is not a file. */
  readonly text?: string | undefined
  /** `auto` when left out. */
  readonly overlays?: Overlays | undefined
}

const parse = (file: string, text: string): Effect.Effect<unknown, DocumentError> =>
  Effect.try({
    // JSON is YAML, but read ten times as fast; `yaml` reads what `effect/encoding/Yaml` does not.
    try: (): unknown =>
      /^\s*[{[]/.test(text)
        ? Result.getOrElse(
            Result.try((): unknown => JSON.parse(text)),
            () => parseYaml(text)
          )
        : parseYaml(text, { merge: true, logLevel: "error" }),
    catch: (error) => new DocumentError({ file, description: `not YAML or JSON: ${firstLine(error)}` })
  })

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]?.replace(/:$/, "") ?? "unreadable"

const decodeOverlay = Schema.decodeUnknownEffect(Overlay, { errors: "all", onExcessProperty: "error" })
const decodeDocument = Schema.decodeUnknownEffect(Schema.Record(Schema.String, Schema.Json))

/** Whether the library would do something else than the standard asks. */
const unsupported = (document: OpenApiDocument, action: Action): string | undefined => {
  const nodes = resolveJsonPath(document, action.target)
  if (action.remove && nodes.filter(({ parent }) => Array.isArray(parent)).length > 1) {
    return "removes several items of an array: write one action for each"
  }
  if (isRecord(action.update) && nodes.some(({ value }) => Array.isArray(value))) {
    return "targets an array: target the object that holds it, and give the new items as an array"
  }
  return undefined
}

const applyAction = Effect.fnUntraced(function* (document: Schema.Json, file: string, index: number, action: Action) {
  const fail = (description: string) =>
    new DocumentError({ file, description: `action ${index + 1} (${action.target}) ${description}` })
  // The library changes what it is given.
  const copy = structuredClone(document) as unknown as OpenApiDocument
  const problem = unsupported(copy, action)
  if (problem !== undefined) return yield* fail(problem)
  const { data } = yield* Effect.tryPromise({
    try: () => openapiOverlay(copy, { overlaySet: { overlay: "1.0.0", actions: [action] } }),
    catch: (error) => fail(String(error))
  })
  // What was JSON stays JSON.
  const next = data as unknown as Schema.Json
  const changes = JsonPatch.get(document, next).map(({ path }) => path)
  const holders = new Set(changes.map((change) => change.slice(0, change.lastIndexOf("/"))))
  const lists = [...holders].filter((holder) => Array.isArray(nodeAt(next, holder)?.value))
  return [next, { ...unapplied(file, index, action), changes, lists }] as const
})

const unapplied = (file: string, index: number, { description, target }: Action): AppliedAction => ({
  file,
  index,
  target,
  description,
  changes: [],
  lists: []
})

/**
 * Applies overlays in order. An action without effect says something of the document that is no longer true: it fails,
 * or with `idle: "keep"` is among the actions, without changes.
 */
export const apply = Effect.fn("EffectiveDocument.apply")(function* (
  published: Schema.Json,
  overlays: ReadonlyArray<{ readonly file: string; readonly overlay: Overlay }>,
  idle: "fail" | "keep" = "fail"
) {
  const actions: Array<AppliedAction> = []
  let document = published
  for (const { file, overlay } of overlays) {
    for (const [index, action] of overlay.actions.entries()) {
      const attempt = applyAction(document, file, index, action)
      const [next, applied] = yield* idle === "fail"
        ? attempt
        : Effect.orElseSucceed(attempt, () => [document, unapplied(file, index, action)] as const)
      if (applied.changes.length === 0 && idle === "fail") {
        return yield* new DocumentError({
          file,
          description: `action ${index + 1} (${action.target}) changes nothing: its target is not there, or it says what is said already`
        })
      }
      document = next
      actions.push(applied)
    }
  }
  return { document, actions }
})

/** The folder of `@effect-intercom/spec`: beside this package in the repository, installed with it elsewhere. */
const specFolder = Effect.gen(function* () {
  const path = yield* Path.Path
  const document = new URL(import.meta.resolve("@effect-intercom/spec/intercom-openapi.yml"))
  return path.dirname(yield* Effect.orDie(path.fromFileUrl(document)))
})

/** The files of the project: the document, and its overlays in the order they are applied in. */
export const ours = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* specFolder
  const overlays = path.join(folder, "overlays")
  const names = yield* fs
    .readDirectory(overlays)
    .pipe(Effect.mapError((error) => new DocumentError({ file: overlays, description: error.message })))
  return {
    spec: path.join(folder, "intercom-openapi.yml"),
    overlays: names
      .filter((name) => name.endsWith(".yml"))
      .toSorted()
      .map((name) => path.join(overlays, name))
  }
})

/** Reads a text file. */
export const read = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* fs
    .readFileString(file)
    .pipe(
      Effect.mapError(
        ({ message, reason }) => new DocumentError({ file, description: unreadable[reason._tag] ?? message })
      )
    )
})

const unreadable: { readonly [reason: string]: string } = {
  NotFound: "there is no such file",
  PermissionDenied: "it may not be read",
  BadResource: "it is no file"
}

/** Reads an overlay file. */
export const readOverlay = Effect.fn("EffectiveDocument.readOverlay")(function* (file: string) {
  const text = yield* read(file)
  const content = yield* parse(file, text)
  const overlay = yield* decodeOverlay(content).pipe(
    Effect.mapError((error) => new DocumentError({ file, description: error.message }))
  )
  return { file, text, overlay }
})

/** Why a document is none the suite can check, in words that end the sentence "it is …". */
const unusable = (document: { readonly [key: string]: Schema.Json }): string | undefined => {
  if ("swagger" in document) {
    return `a Swagger ${String(document["swagger"])} document, not OpenAPI 3.0 or 3.1: convert it first`
  }
  const version = document["openapi"]
  if (version === undefined) return "not an OpenAPI document: it does not say openapi: 3.0 or 3.1"
  if (typeof version !== "string" || !/^3\.[01](\.|$)/.test(version)) {
    return `a document of OpenAPI ${JSON.stringify(version)}, not 3.0 or 3.1`
  }
  return isRecord(document["paths"]) ? undefined : "an OpenAPI document without paths: there is nothing to check"
}

/** Parses a document of OpenAPI 3.0 or 3.1, and normalises it. */
export const parseDocument = Effect.fnUntraced(function* (file: string, text: string) {
  const fail = (description: string) => new DocumentError({ file, description })
  const document = yield* Effect.flatMap(parse(file, text), decodeDocument).pipe(
    Effect.catchTag("SchemaError", () =>
      Effect.fail(fail("not an OpenAPI document: it is no object of values JSON can write down"))
    )
  )
  const problem = unusable(document)
  if (problem !== undefined) return yield* fail(problem)
  const normalised = Normalise.normalise(document)
  const broken = Normalise.brokenReference(normalised.document)
  return broken === undefined ? normalised : yield* fail(broken)
})

/** Reads a document and applies overlays. Nothing is written. */
export const load = Effect.fn("EffectiveDocument.load")(function* (options: Options = {}) {
  const own = yield* ours
  const source = options.spec ?? own.spec
  const text = options.text ?? (yield* read(source))
  const { document: published, findings: defects } = yield* parseDocument(source, text)
  const wanted = options.overlays ?? "auto"
  // Who names overlays knows what they are written for.
  const revised = typeof wanted === "string" ? yield* revisionOf(own.spec, text, published) : undefined
  const fits = wanted === "auto" && (text === (yield* read(own.spec)) || revised?.same === true)
  const files = wanted === "none" ? [] : wanted === "auto" ? (fits || revised ? own.overlays : []) : wanted
  const overlays = yield* Effect.forEach(files, readOverlay)
  const base = revised?.given ?? published
  const { actions, document } = yield* apply(base, overlays, revised === undefined || revised.same ? "fail" : "keep")
  const idle = actions.filter(({ changes }) => changes.length === 0)
  const sources = new Map([[source, text], ...overlays.map(({ file, text }) => [file, text] as const)])
  const effective: EffectiveDocument = {
    source,
    published: base,
    document,
    actions: actions.filter(({ changes }) => changes.length > 0),
    defects,
    sources,
    own: fits,
    ...(revised === undefined || revised.same
      ? undefined
      : { revision: { known: revised.known, given: base, idle: yield* meant(idle, revised.known, overlays) } })
  }
  return effective
})

/** The project's document, if another is a version of it, and the other aligned with it. */
const revisionOf = Effect.fnUntraced(function* (file: string, text: string, published: Schema.Json) {
  const ours = yield* read(file)
  if (text === ours) return undefined
  const { document: known } = yield* parseDocument(file, ours)
  if (!Revision.recognises(known, published)) return undefined
  return Revision.means(known, published)
    ? { known, given: known, same: true }
    : { known, given: Revision.align(known, published), same: false }
})

/** Actions without effect, with the places they change in the document they are written for. */
const meant = Effect.fnUntraced(function* (
  idle: ReadonlyArray<AppliedAction>,
  known: Schema.Json,
  overlays: ReadonlyArray<{ readonly file: string; readonly overlay: Overlay }>
) {
  if (idle.length === 0) return []
  const { actions } = yield* apply(known, overlays)
  return idle.map(({ file, index, target }): Revision.Idle => ({
    file,
    index,
    target,
    changes: actions.find((action) => action.file === file && action.index === index)?.changes ?? []
  }))
})

/**
 * The actions that changed the place a pointer names, or one above it, or one of the `$ref`s that lead to it. What is
 * said of an array as a whole is named by its items; what is below it is not.
 */
export const actionsFor = (
  actions: ReadonlyArray<AppliedAction>,
  place: { readonly pointer: string; readonly through: ReadonlyArray<string> }
): ReadonlyArray<AppliedAction> => {
  const places = [place.pointer, ...place.through]
  return actions.filter(({ changes, lists }) =>
    places.some(
      (pointer) =>
        lists.includes(pointer) || changes.some((change) => pointer === change || pointer.startsWith(`${change}/`))
    )
  )
}
