/**
 * The document the suite checks against: a published OpenAPI document with additions (fragments of OpenAPI) and overlays
 * (OpenAPI Overlay 1.0) applied in memory, and for every addition and every action of an overlay the places it changed.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as JsonPatch from "effect/JsonPatch"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { openapiOverlay, type OpenApiDocument, resolveJsonPath } from "openapi-format"
import * as Additions from "./Additions.ts"
import * as Bundle from "./Bundle.ts"
import * as Contradictions from "./Contradictions.ts"
import type { Finding } from "../report/Divergence.ts"
import { DocumentError, parse, read } from "./DocumentFile.ts"
import { at as nodeAt, isRecord } from "../schema/JsonNode.ts"
import * as Normalise from "./Normalise.ts"
import * as Revision from "./Revision.ts"
import * as Reach from "./Reach.ts"
import * as Vocabulary from "./Vocabulary.ts"

export { DocumentError }

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

/** An action of an overlay, or an addition, that was applied. */
export interface AppliedAction {
  readonly kind: "action" | "addition"
  readonly file: string
  /** Its place among those of the file, from 0. */
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
  /** Places where the document contradicts itself, of which nothing is left. */
  readonly voided?: ReadonlyArray<string>
  /** The text of the document's files, and of all additions and overlays, by the name of the file. */
  readonly sources: ReadonlyMap<string, string>
  /** Where a place of the published document is written, if it has several files. */
  readonly origin?: Bundle.Bundle["origin"]
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
  /** What the `$ref`s of `text` are relative to; the path of `spec` when left out. */
  readonly url?: URL | undefined
  /** Folders, files and URLs a `$ref` may lead to, beside what is in the folder of the document or below it. */
  readonly allowRefs?: ReadonlyArray<string> | undefined
  /** How a URL a `$ref` leads to is read; without it none is. */
  readonly fetch?: Bundle.Fetch | undefined
  /** `auto` when left out. */
  readonly overlays?: Overlays | undefined
}

const strict = { errors: "all", onExcessProperty: "error" } as const
const decodeOverlay = Schema.decodeUnknownEffect(Overlay, strict)
const decodeFragment = Schema.decodeUnknownEffect(Additions.Fragment, strict)
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
  const reach = Reach.of(action)
  const part = Reach.take(document, reach)
  // The library changes what it is given.
  const copy = structuredClone(part) as unknown as OpenApiDocument
  const problem = unsupported(copy, action)
  if (problem !== undefined) return yield* fail(problem)
  const { data } = yield* Effect.tryPromise({
    try: () => openapiOverlay(copy, { overlaySet: { overlay: "1.0.0", actions: [action] } }),
    catch: (error) => fail(String(error))
  })
  // What was JSON stays JSON.
  const next = data as unknown as Schema.Json
  const changes = JsonPatch.get(part, next).map(({ path }) => path)
  const holders = new Set(changes.map((change) => change.slice(0, change.lastIndexOf("/"))))
  const lists = [...holders].filter((holder) => Array.isArray(nodeAt(next, holder)?.value))
  return [Reach.put(document, reach, next), { changes, lists }] as const
})

type Changes = Pick<AppliedAction, "changes" | "lists">

interface Step extends Omit<AppliedAction, keyof Changes> {
  readonly run: (document: Schema.Json) => Effect.Effect<readonly [Schema.Json, Changes], DocumentError>
}

const actionSteps = (file: string, { actions }: Overlay): ReadonlyArray<Step> =>
  actions.map((action, index) => ({
    kind: "action",
    file,
    index,
    target: action.target,
    description: action.description,
    run: (document) => applyAction(document, file, index, action)
  }))

const additionSteps = (file: string, fragment: Additions.Fragment): ReadonlyArray<Step> =>
  Additions.additionsOf(fragment).map((addition, index) => ({
    kind: "addition",
    file,
    index,
    target: addition.target,
    description: fragment.info.description,
    run: (document) => {
      const { changes, document: next, taken } = Additions.add(document, addition)
      const description = `#${taken} is in the document already: what it says otherwise is an overlay's`
      return taken === undefined
        ? Effect.succeed([next, { changes, lists: [] }] as const)
        : Effect.fail(new DocumentError({ file, description }))
    }
  }))

/** A file with what is applied to the document: additions or an overlay. */
export interface OverlayFile {
  readonly file: string
  readonly overlay: Overlay | Additions.Fragment
}

/**
 * Applies additions and overlays in order. What has no effect says something of the document that is no longer true: it
 * fails, or with `idle: "keep"` is among the actions, without changes.
 */
export const apply = Effect.fn("EffectiveDocument.apply")(function* (
  published: Schema.Json,
  overlays: ReadonlyArray<OverlayFile>,
  idle: "fail" | "keep" = "fail"
) {
  const actions: Array<AppliedAction> = []
  let document = published
  for (const { file, overlay } of overlays) {
    for (const { run, ...step } of "overlay" in overlay ? actionSteps(file, overlay) : additionSteps(file, overlay)) {
      const attempt = run(document)
      const nothing: readonly [Schema.Json, Changes] = [document, { changes: [], lists: [] }]
      const [next, changed] = yield* idle === "fail" ? attempt : Effect.orElseSucceed(attempt, () => nothing)
      const applied = { ...step, ...changed }
      if (applied.changes.length === 0 && idle === "fail") {
        return yield* new DocumentError({
          file,
          description: `${step.kind} ${step.index + 1} (${step.target}) changes nothing: its target is not there, or it says what is said already`
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

/** The files of the project: the document, and its additions and overlays in the order they are applied in. */
export const ours = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* specFolder
  const files = Effect.fnUntraced(function* (name: string) {
    const inner = path.join(folder, name)
    const names = yield* fs
      .readDirectory(inner)
      .pipe(Effect.mapError((error) => new DocumentError({ file: inner, description: error.message })))
    return names
      .filter((name) => name.endsWith(".yml"))
      .toSorted()
      .map((name) => path.join(inner, name))
  })
  return {
    spec: path.join(folder, "intercom-openapi.yml"),
    overlays: [...(yield* files("additions")), ...(yield* files("overlays"))]
  }
})

/** Reads a file with an overlay, or with additions. */
export const readOverlay = Effect.fn("EffectiveDocument.readOverlay")(function* (file: string) {
  const text = yield* read(file)
  const content = yield* parse(file, text)
  const decoded: Effect.Effect<OverlayFile["overlay"], Schema.SchemaError> =
    isRecord(content) && "openapi" in content ? decodeFragment(content) : decodeOverlay(content)
  const overlay = yield* Effect.mapError(decoded, (error) => new DocumentError({ file, description: error.message }))
  return { file, text, overlay }
})

/** What else than an OpenAPI document it may be, by a key that others have. */
const others: ReadonlyArray<readonly [is: (document: JsonRecord) => boolean, what: string]> = [
  [(document) => "asyncapi" in document, "an AsyncAPI document, not OpenAPI 3.0 or 3.1"],
  [(document) => "overlay" in document, "an overlay, not an OpenAPI document: give it with --overlay"],
  [
    ({ info }) => isRecord(info) && ("_postman_id" in info || String(info["schema"]).includes("getpostman.com")),
    "a Postman collection: export it as OpenAPI 3 first"
  ],
  [({ log }) => isRecord(log) && "entries" in log, "recorded traffic (HAR): live --har checks it"],
  [({ type }) => type === "error.list", "an error the API answered, not a document: download it again"],
  [(document) => "$schema" in document, "a JSON Schema, not an OpenAPI document: it describes values, not operations"]
]

type JsonRecord = { readonly [key: string]: Schema.Json }

/** Why a document is none the suite can check, in words that end the sentence "it is …". */
const unusable = (document: JsonRecord): string | undefined => {
  if ("swagger" in document) {
    return `a Swagger ${String(document["swagger"])} document, not OpenAPI 3.0 or 3.1: convert it first, with npx swagger2openapi or at converter.swagger.io`
  }
  const version = versionOf(document)
  if (version === undefined) {
    const other = others.find(([is]) => is(document))
    return other?.[1] ?? "not an OpenAPI document: it does not say openapi: 3.0 or 3.1"
  }
  if (!/^3\.[01](\.|$)/.test(version)) {
    return `a document of OpenAPI ${JSON.stringify(document["openapi"])}, not 3.0 or 3.1`
  }
  return isRecord(document["paths"]) ? undefined : "an OpenAPI document without paths: there is nothing to check"
}

/** The version of OpenAPI a document says it has; without quotes it is a number, and `3.0` is 3. */
const versionOf = ({ openapi }: JsonRecord): string | undefined =>
  openapi === undefined ? undefined : openapi === 3 ? "3.0" : String(openapi)

interface Written {
  readonly file: string
  readonly text: string
  /** Where it is, which is what its `$ref`s are relative to. */
  readonly url: URL
}

/** Parses a document of OpenAPI 3.0 or 3.1, makes its files one, and normalises it. */
export const parseDocument = Effect.fnUntraced(function* (
  { file, text, url }: Written,
  options: Pick<Options, "allowRefs" | "fetch"> = {}
) {
  const fail = (description: string) => new DocumentError({ file, description })
  const asRecord = (content: unknown) =>
    Effect.mapError(decodeDocument(content), () =>
      fail("it is not an OpenAPI document, but no object of values JSON can write down")
    )
  const content = yield* Effect.flatMap(parse(file, text), asRecord)
  const problem = unusable(content)
  if (problem !== undefined) return yield* fail(`it is ${problem}`)
  const bundle = yield* Bundle.make({ name: file, url, text }, content, {
    allowed: options.allowRefs,
    fetch: options.fetch
  })
  const document = yield* asRecord(bundle.document)
  const normalised = Normalise.normalise({ ...document, openapi: versionOf(document) ?? "" })
  const checked = yield* sound(file, normalised.document)
  return { ...checked, findings: [...normalised.findings, ...checked.findings], bundle }
})

/** A document without what contradicts itself. Fails where no check could be made. */
const sound = Effect.fnUntraced(function* (file: string, document: Schema.Json) {
  const broken = Normalise.brokenReference(document)
  if (broken !== undefined) return yield* new DocumentError({ file, description: broken })
  const straight = Contradictions.straighten(document)
  const excess = Contradictions.excess(straight.document)
  if (excess !== undefined) return yield* new DocumentError({ file, description: excess })
  const checked = Contradictions.check(straight.document)
  return {
    document: checked.document,
    findings: [...straight.findings, ...checked.findings],
    voided: [...straight.voided, ...checked.voided]
  }
})

/** What overlays must not bring in: references are followed before they are applied. */
const checkOverlaid = Effect.fnUntraced(function* (document: Schema.Json, files: ReadonlyArray<string>) {
  const file = files.join(", ")
  const external = Bundle.externalReference(document)
  if (external !== undefined) {
    return yield* new DocumentError({
      file,
      description: `the reference ${external.to} at #${external.pointer} leads out of the document: an overlay may refer to the document only`
    })
  }
  return yield* sound(file, document)
})

/** Reads a document and applies overlays. Nothing is written. */
export const load = Effect.fn("EffectiveDocument.load")(function* (options: Options = {}) {
  const own = yield* ours
  const source = options.spec ?? own.spec
  const text = options.text ?? (yield* read(source))
  const url = options.url ?? (yield* Bundle.urlOfFile(source))
  const parsed = yield* parseDocument({ file: source, text, url }, options)
  const { bundle, document: published } = parsed
  const wanted = options.overlays ?? "auto"
  // Who names overlays knows what they are written for.
  const revised = typeof wanted === "string" ? yield* revisionOf(own.spec, text, published) : undefined
  const fits = wanted === "auto" && (text === (yield* read(own.spec)) || revised?.same === true)
  const files = wanted === "none" ? [] : wanted === "auto" ? (fits || revised ? own.overlays : []) : wanted
  const overlays = yield* Effect.forEach(files, readOverlay)
  const base = revised?.given ?? published
  const { actions, document: applied } = yield* apply(
    base,
    overlays,
    revised === undefined || revised.same ? "fail" : "keep"
  )
  const { document, findings, voided } =
    actions.length > 0 ? yield* checkOverlaid(applied, files) : { document: applied, findings: [], voided: [] }
  const idle = actions.filter(({ changes }) => changes.length === 0)
  const sources = new Map([...bundle.sources, ...overlays.map(({ file, text }) => [file, text] as const)])
  const effective: EffectiveDocument = {
    source,
    published: base,
    document,
    voided: [...parsed.voided, ...voided],
    actions: actions.filter(({ changes }) => changes.length > 0),
    defects: [...parsed.findings, ...findings, ...Vocabulary.findings(parsed.document)],
    sources,
    ...(bundle.sources.size === 1 ? undefined : { origin: bundle.origin }),
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
  const { document: known } = yield* parseDocument({ file, text: ours, url: yield* Bundle.urlOfFile(file) })
  if (!Revision.recognises(known, published)) return undefined
  return Revision.means(known, published)
    ? { known, given: known, same: true }
    : { known, given: Revision.align(known, published), same: false }
})

/** Actions without effect, with the places they change in the document they are written for. */
const meant = Effect.fnUntraced(function* (
  idle: ReadonlyArray<AppliedAction>,
  known: Schema.Json,
  overlays: ReadonlyArray<OverlayFile>
) {
  if (idle.length === 0) return []
  const { actions } = yield* apply(known, overlays)
  return idle.map(({ file, index, kind, target }): Revision.Idle => ({
    kind,
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
