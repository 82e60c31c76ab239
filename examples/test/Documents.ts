/** What is in the project's documents: blocks of code, inline code, links. */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

export const root = join(import.meta.dirname, "../..")
export const read = (path: string) => readFileSync(join(root, path), "utf8")

/** Every document a user or a contributor reads. */
export const documents = globSync(["*.md", "packages/*/README.md", "*/README.md", ".changeset/*.md"], { cwd: root })

/** Documents that are published within a package, where nothing else of the project is. */
export const packaged = globSync(["packages/*/README.md", "contract-tests/README.md", "spec/README.md"], { cwd: root })

/** A piece of code, and the file it stands in. */
export interface Snippet {
  readonly from: string
  readonly code: string
}

const fences = /^( *)```(\w+)\n(.*?)^ *```/gms

export const blocks = (language: string): Array<Snippet> =>
  documents.flatMap((from) =>
    [...read(from).matchAll(fences)]
      .filter(([, , name]) => name === language)
      .map(([, indent = "", , code = ""]) => ({ from, code: code.replaceAll(new RegExp(`^${indent}`, "gm"), "") }))
  )

/** The examples in the comments of the packages' sources. */
export const docstrings: Array<Snippet> = globSync("packages/*/src/**/*.ts", { cwd: root }).flatMap((from) =>
  [...read(from).matchAll(/^ *\* ```ts\n(.*?)^ *\* ```/gms)].map(([, code = ""]) => ({
    from,
    code: code.replaceAll(/^ *\* ?/gm, "")
  }))
)

const prose = (from: string) => read(from).replaceAll(fences, "")

/** What stands between backticks. */
export const inline: Array<Snippet> = documents.flatMap((from) =>
  [
    ...new Set([...prose(from).matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(([, code = ""]) => code.replaceAll(/\s+/g, " ")))
  ].map((code) => ({ from, code: code.replaceAll(String.raw`\|`, "|") }))
)

/** The links of a document, less those to other sites. */
export const links = (from: string): Array<string> =>
  [...prose(from).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = ""]) => to).filter((to) => !/^https?:/.test(to))

/** The anchors of a document's headings, as GitHub makes them. */
export const anchors = (path: string): Array<string> =>
  [...prose(path).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .trim()
      .replaceAll(/\s/g, "-")
  )
