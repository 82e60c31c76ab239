// What the documents show must be true: code compiles, examples are the files they name, commands, files and names exist.
import * as ContractTests from "@effect-intercom/contract-tests"
import * as Core from "@effect-intercom/core"
import * as Export from "@effect-intercom/export"
import * as Fleet from "@effect-intercom/fleet"
import * as Simulator from "@effect-intercom/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect"
import { execFileSync } from "node:child_process"
import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import {
  anchors,
  blocks,
  docstrings,
  documents,
  inline,
  links,
  packaged,
  read,
  root,
  type Snippet
} from "./Documents.ts"

/** What a reader may take names from, in the order in which they win; a package's own document has its names first. */
const modules: Record<string, object> = {
  "@effect-intercom/core": Core,
  "@effect-intercom/simulator": Simulator,
  "@effect-intercom/export": Export,
  "@effect-intercom/fleet": Fleet,
  "@effect-intercom/contract-tests": ContractTests,
  effect: Effect
}
// Modules that nobody loads who does not name them.
const own: Record<string, string> = {
  NodeSqlite: "@effect-intercom/export/NodeSqlite",
  NodeDuckDb: "@effect-intercom/export/NodeDuckDb",
  Postgres: "@effect-intercom/export/Postgres",
  NodeS3: "@effect-intercom/export/NodeS3",
  NodeExport: "@effect-intercom/export/NodeExport",
  NodeCluster: "@effect-intercom/fleet/NodeCluster"
}

/** What short pieces of code speak of without saying where it comes from. */
const surroundings: Record<string, string> = {
  contacts: `import("@effect-intercom/core").Contacts["Service"]`,
  companies: `import("@effect-intercom/core").Companies["Service"]`,
  conversations: `import("@effect-intercom/core").Conversations["Service"]`,
  events: `import("@effect-intercom/core").Events["Service"]`,
  query: `{ readonly per_page: number }`,
  from: `import("@effect-intercom/core").Pagination.Cursor`,
  reason: `import("@effect-intercom/core").Conflict`,
  pageSize: "number",
  prefetch: "number",
  onInvalid: `() => import("effect").Effect.Effect<void>`,
  options: `{ readonly accessToken: import("effect").Redacted.Redacted }`,
  plan: `Parameters<typeof import("@effect-intercom/export").Export.run>[0]`,
  onEvent: `Parameters<typeof import("@effect-intercom/export").Export.entries>[1]`,
  store: `Parameters<typeof import("@effect-intercom/export").Memory.layer>[0]`,
  directory: "string",
  compression: `"gzip"`,
  bom: "boolean",
  formulas: `import("@effect-intercom/export").Csv.Formulas`,
  names: `Parameters<typeof import("@effect-intercom/export").Description.jsonSchema>[0]`,
  table: `import("@effect-intercom/export").Table.Table`,
  typeOf: `import("@effect-intercom/export").Description.TypeOf`,
  file: "string",
  bucket: "string",
  prefix: "string",
  named: "boolean",
  workspace: "string",
  schema: "string",
  patience: `"30 seconds"`,
  clientSecret: `import("effect").Redacted.Redacted`,
  url: `import("effect").Redacted.Redacted`
}

const declares = (code: string, name: string) =>
  new RegExp(String.raw`\b(?:const|class|function|import)\b[^=(]*\b${name}\b`).test(code)

/** Code with what it takes for granted. */
const complete = ({ code, from }: Snippet): string => {
  const words = [...new Set(code.match(/(?<![."'\w])[A-Za-z]\w*/g) ?? [])].filter((word) => !declares(code, word))
  const home = Object.entries(modules).toSorted(
    ([a], [b]) => Number(from.includes(b.split("/")[1] ?? " ")) - Number(from.includes(a.split("/")[1] ?? " "))
  )
  const imports = words.flatMap((word) => {
    if (own[word] !== undefined) return [`import * as ${word} from "${own[word]}"`]
    const [found] = home.find(([, module]) => word in module) ?? []
    return found === undefined ? [] : [`import { ${word} } from "${found}"`]
  })
  const consts = words.flatMap((word) => (word in surroundings ? [`declare const ${word}: ${surroundings[word]}`] : []))
  return [...imports, ...consts, code].join("\n")
}

const isExcerpt = ({ code }: Snippet) => code.startsWith("// excerpt\n")
const exampleOf = ({ code }: Snippet) => /^\/\/ (examples\/\S+\.ts)\n/.exec(code)?.[1]

// A path of something known: `Effect.provideService`, `contacts.list(query)`, `Ndjson.layer({ directory })`.
const isExpression = (code: string) => {
  const [, name = ""] = /^([A-Za-z]\w*)(?:\.\w+)+(?:\(.*\))?$/.exec(code) ?? []
  const isFile = /\.(ts|js|json|yml|md|html|xml|sarif|ndjson|db|parquet|csv)$/.test(code)
  return !isFile && (name in surroundings || /^[A-Z]/.test(name))
}

/** Type-checks files, and tells what is wrong with each. */
const check = (files: Record<string, string>): string => {
  const folder = join(root, "examples/.docs")
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, `${name}.ts`), `${code}\nexport {}\n`)
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../../tsconfig.base.json",
      // Straight from the sources, as the packages' `exports` lead there: nothing has to be built first.
      compilerOptions: {
        composite: false,
        declaration: false,
        declarationMap: false,
        noEmit: true,
        noUnusedLocals: false,
        types: ["node"]
      },
      include: ["*.ts"]
    })
  )
  try {
    // Four checkers, as by default, would each check most of the same types: twice the work.
    const tsc = [join(root, "node_modules/typescript/bin/tsc"), "-p", folder, "--checkers", "1"]
    execFileSync(process.execPath, tsc, { encoding: "utf8" })
    return ""
  } catch (error) {
    return String((error as { readonly stdout?: string }).stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

// Inline code that is no expression is made of words the project has: names of fields, flags, files, reports.
const corpus = globSync(
  [
    "{packages,contract-tests,bench,examples,spec}/**/*.{ts,mjs,json,yml}",
    ".github/**/*.yml",
    ".ci/*",
    "*.{json,yaml,mjs,ts}"
  ],
  { cwd: root, exclude: (path) => /node_modules|dist$|\.docs/.test(path) }
)
  .map((path) => `${path}\n${read(path)}`)
  .join("\n")
  .toLowerCase()
const known = new Set(corpus.match(/[\w$]+/g))

/** Words that stand for something the reader puts there, or are of another field. */
const placeholders = new Set([
  "dir",
  "n",
  "seconds",
  "old",
  "new",
  "its_name",
  "malloc",
  "archive",
  "scarf_analytics",
  "do_not_track"
])

const exists = (from: string, path: string) =>
  [".", dirname(from), join(dirname(from), "src"), "packages/core/src", "packages/export/src"].some(
    (folder) => globSync(join(folder, path), { cwd: root }).length > 0
  ) || globSync(`{packages,contract-tests,bench,spec,examples}/**/${basename(path)}`, { cwd: root }).length > 0

describe("documents", () => {
  it("name the example file a snippet is, word for word", () => {
    const named = blocks("ts").filter((snippet) => exampleOf(snippet) !== undefined)
    assert.isAbove(named.length, 0)
    for (const snippet of named) {
      const file = exampleOf(snippet) ?? ""
      assert.strictEqual(snippet.code, `// ${file}\n${read(file)}`, `${snippet.from} differs from ${file}`)
    }
  })

  it("show the workflow the project runs, with the published command", () => {
    const file = ".github/workflows/contract.yml"
    const { version } = JSON.parse(read("contract-tests/package.json")) as { readonly version: string }
    const shown = blocks("yaml").find(({ code }) => code.startsWith(`# ${file}\n`))
    const published = read(file)
      .replace(/^# Does .*\n/, "")
      .replace("npx --yes pnpm@12.21.0 contract", `npx --yes @effect-intercom/contract-tests@${version}`)
      .replace("SPEC: spec/intercom-openapi.yml", "SPEC: openapi/intercom.yml # a path or a URL")
    assert.strictEqual(shown?.code, `# ${file}\n${published}`)
  })

  it("have code that compiles: blocks, excerpts, inline code, and the examples of docstrings", () => {
    const whole = [
      ...docstrings,
      ...blocks("ts").filter((block) => !isExcerpt(block) && exampleOf(block) === undefined)
    ]
    const excerpts = blocks("ts").filter(isExcerpt)
    const expressions = inline.filter(({ code }) => isExpression(code))
    assert.isAbove(whole.length, 3)
    assert.isAbove(excerpts.length, 1)
    assert.isAbove(expressions.length, 30)
    const files = Object.fromEntries([
      ...whole.map(({ code, from }, index) => [`block-${index}`, `// ${from}\n${code}`]),
      ...excerpts.map((snippet, index) => [`excerpt-${index}`, `// ${snippet.from}\n${complete(snippet)}`]),
      ...expressions.map(({ code, from }, index) => [
        `inline-${index}`,
        `// ${from}: ${code}\n${complete({ from, code: `void (${code})` })}`
      ])
    ])
    const problems = check(files)
    const named = problems.replaceAll(/\.docs\/([\w-]+)\.ts/g, (at, name: string) =>
      name in files ? `${at} [${(files[name] ?? "").split("\n")[0]}]` : at
    )
    assert.strictEqual(named, "")
  }, 120_000)

  it("name files, flags, fields and routes that exist", () => {
    const others = inline.filter(({ code }) => !isExpression(code))
    assert.isAbove(others.length, 300)
    const unknown = others.filter(({ code, from }) => {
      if (/^[\w./-]+\.(ts|yml|mjs)$/.test(code)) return !exists(from, code)
      const words = (code.match(/[A-Za-z_$][\w$]*/g) ?? []).map((word) => word.toLowerCase())
      return words.some((word) => !known.has(word) && !placeholders.has(word))
    })
    assert.deepStrictEqual(
      unknown.map(({ code, from }) => `${from}: ${code}`),
      []
    )
  })

  it("name commands that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Record<string, string> }
    const named = [
      ...documents
        .map(read)
        .join("\n")
        .matchAll(/pnpm(?:@12\.21\.0)? ([a-z][a-z:-]*)/g)
    ]
      .map(([, script = ""]) => script)
      .filter((script) => !["pack", "exec", "install"].includes(script))
    assert.isAbove(named.length, 5)
    for (const script of new Set(named)) assert.property(scripts, script)
  })

  it("have links that lead somewhere", () => {
    let followed = 0
    for (const from of documents) {
      for (const link of links(from)) {
        const [path = "", anchor] = link.split("#")
        const target = path === "" ? from : join(dirname(from), path)
        assert.isTrue(existsSync(join(root, target)), `${from}: ${link}`)
        if (anchor !== undefined) assert.include(anchors(target), anchor, `${from}: ${link}`)
        followed++
      }
    }
    assert.isAbove(followed, 10)
  })

  it("stand alone where they are published", () => {
    assert.isAbove(packaged.length, 4)
    for (const from of packaged) {
      assert.deepStrictEqual(
        links(from).filter((link) => link.startsWith("..")),
        [],
        from
      )
    }
  })
})
