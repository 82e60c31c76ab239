import { assert, describe, it } from "@effect/vitest"
import { read } from "./Documents.ts"
import { bare, count, documents, written } from "./OperationTables.ts"

describe("the operations in the documents", () => {
  it.each(documents)("%s has those of the catalogue; `pnpm operations` writes them", (document) => {
    const current = read(document)
    assert.strictEqual(bare(current), bare(written(document, current)))
  })

  it("are those of the API's description, each counted once", () => {
    assert.isAtLeast(count, 25)
    assert.throws(() => written("README.md", "nothing"), "README.md has no place")
  })
})
