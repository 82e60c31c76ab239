/** A kind of record is declared once in core, once in the simulator, and once in the document: nothing else names it. */
import { assert, describe, it } from "@effect/vitest"
import { globSync } from "node:fs"
import { read, root } from "./Documents.ts"

const everything = globSync(
  ["{packages/*,contract-tests}/{src,test}/**/*.ts", "spec/**/*.yml", "{examples,bench}/**/*.ts"],
  {
    cwd: root,
    exclude: ["**/node_modules/**", "**/.docs/**"]
  }
)

/** Files that name a kind of record, whatever its case. */
const naming = (kind: string) =>
  everything.filter((file) => new RegExp(`\\b${kind}\\b`, "i").test(read(file)) && !file.endsWith("OnePlace.test.ts"))

/** Lines that say something: neither empty nor a comment. */
const lines = (file: string) =>
  read(file)
    .replaceAll(/\/\*\*.*?\*\/|^\s*(\/\/|#).*?$/gms, "")
    .split("\n")
    .filter((line) => line.trim() !== "")

describe("a kind of record", () => {
  it("that is listed and got costs at most 80 lines, in three files and three lists", () => {
    const files = [
      "packages/core/src/resources/Brands.ts",
      "packages/simulator/src/kinds/Brands.ts",
      "spec/additions/Brands.yml"
    ]
    const lists = [
      "packages/core/src/index.ts",
      "packages/core/src/resources/index.ts",
      "packages/simulator/src/kinds/index.ts"
    ]
    const listed = lists.flatMap(lines).filter((line) => /\bbrands\b/i.test(line))
    assert.lengthOf(listed, 5)
    assert.isAtMost(files.flatMap(lines).length + listed.length, 80)
  })

  it("that is listed and got is named by its own files and by the three lists", () => {
    assert.sameMembers(naming("brands"), [
      "packages/core/src/index.ts",
      // Many gets of them are one list.
      "packages/core/src/loaders/BrandLoader.ts",
      "packages/core/test/Loader.test.ts",
      // No document says which permission they need.
      "packages/core/test/Permission.test.ts",
      "packages/core/src/resources/Brands.ts",
      "packages/core/src/resources/index.ts",
      "packages/export/src/resources/Brands.ts",
      "packages/export/src/resources/index.ts",
      "packages/simulator/src/kinds/Brands.ts",
      // An address of email is that of a brand.
      "packages/simulator/src/kinds/Emails.ts",
      "packages/simulator/src/kinds/index.ts",
      "packages/simulator/test/Lookup.test.ts",
      "spec/additions/Brands.yml"
    ])
  })

  it("is found wherever it is named", () => {
    assert.includeMembers(naming("contacts"), ["packages/core/test/Pagination.test.ts", "spec/overlays/contacts.yml"])
  })
})
