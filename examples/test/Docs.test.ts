// What the documents show must be true: snippets type-check, examples are the files they name, commands exist.
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const documents = globSync(["*.md", "packages/*/README.md", "*/README.md"], { cwd: root })
const sources = globSync("packages/*/src/**/*.ts", { cwd: root })

interface Snippet {
  readonly from: string
  readonly code: string
}

const blocks = (language: string): Array<Snippet> =>
  documents.flatMap((from) =>
    [...read(from).matchAll(new RegExp(`^( *)\`\`\`${language}\n(.*?)^ *\`\`\``, "gms"))].map(
      ([, indent = "", code = ""]) => ({
        from,
        code: code.replaceAll(new RegExp(`^${indent}`, "gm"), "")
      })
    )
  )

const docstrings: Array<Snippet> = sources.flatMap((from) =>
  [...read(from).matchAll(/^ *\* ```ts\n(.*?)^ *\* ```/gms)].map(([, code = ""]) => ({
    from,
    code: code.replaceAll(/^ *\* ?/gm, "")
  }))
)

const isExcerpt = ({ code }: Snippet) => code.startsWith("// excerpt\n")
const exampleOf = ({ code }: Snippet) => /^\/\/ (examples\/\S+\.ts)\n/.exec(code)?.[1]

describe("documents", () => {
  it("name the example file a snippet is, word for word", () => {
    const named = blocks("ts").filter((snippet) => exampleOf(snippet) !== undefined)
    assert.isAbove(named.length, 0)
    for (const snippet of named) {
      const file = exampleOf(snippet) ?? ""
      assert.strictEqual(snippet.code, `// ${file}\n${read(file)}`, `${snippet.from} differs from ${file}`)
    }
  })

  it("have snippets that type-check, as do the docstrings", () => {
    const snippets = [
      ...docstrings,
      ...blocks("ts").filter((snippet) => !isExcerpt(snippet) && exampleOf(snippet) === undefined)
    ]
    assert.isAbove(snippets.length, 3)
    const folder = join(root, "examples/.docs")
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    for (const [index, { code, from }] of snippets.entries()) {
      writeFileSync(join(folder, `${index}.ts`), `// ${from}\n${code}\nexport {}\n`)
    }
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
      execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
        encoding: "utf8"
      })
    } catch (error) {
      assert.fail(String((error as { readonly stdout?: string }).stdout))
    }
    rmSync(folder, { recursive: true })
  }, 90_000)

  it("name commands that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Record<string, string> }
    const text = documents.map(read).join("\n")
    const named = [...text.matchAll(/pnpm@12\.21\.0 ([a-z][a-z:-]*)/g)].map(([, script = ""]) => script)
    assert.isAbove(named.length, 5)
    for (const script of new Set(named)) assert.property(scripts, script)
  })
})
