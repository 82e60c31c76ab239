import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

const read = (file: string): string => readFileSync(join(root, file), "utf8")

const files = (pattern: string): ReadonlyArray<string> =>
  globSync(pattern, { cwd: root, exclude: (name) => /node_modules|\.stryker|^dist$/.test(name) }).toSorted()

interface Manifest {
  readonly packageManager?: string
  readonly scarfSettings?: { readonly enabled?: boolean }
  readonly dependencies?: { readonly [name: string]: string }
  readonly devDependencies?: { readonly [name: string]: string }
}

// A manifest is what npm makes of it.
const manifest = (file: string) => JSON.parse(read(file)) as Manifest

describe("what others run", () => {
  const workflows = [...files(".github/workflows/*.yml"), "contract-tests/README.md"]

  it("actions are pinned by digest, with the version beside it", () => {
    const uses = workflows.flatMap((file) =>
      [...read(file).matchAll(/^.*\buses:\s*(.*)$/gm)].map(([, action = ""]) => `${file}: ${action}`)
    )
    assert.isAbove(uses.length, 6)
    assert.deepStrictEqual(
      uses.filter((action) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action)),
      []
    )
  })

  it("no credentials are left on the disk of a runner, and no permission is granted to all jobs", () => {
    for (const file of workflows) {
      const text = read(file)
      const checkouts = [...text.matchAll(/uses: actions\/checkout@.*\n\s+with:\n\s+persist-credentials: false/g)]
        .length
      assert.strictEqual(checkouts, [...text.matchAll(/uses: actions\/checkout@/g)].length, file)
      assert.match(text, /^permissions: \{\}$/m, file)
    }
  })

  it("the suite turns off the telemetry that Prism's packages bring", () =>
    assert.strictEqual(manifest("contract-tests/package.json").scarfSettings?.enabled, false))
})

describe("what the project depends on", () => {
  const manifests = files("{package.json,*/package.json,packages/*/package.json}")

  it("is pinned exactly", () => {
    const ranges = manifests.flatMap((file) => {
      const { dependencies, devDependencies } = manifest(file)
      return Object.entries({ ...dependencies, ...devDependencies })
        .filter(([, version]) => !/^(workspace:\*|\d+\.\d+\.\d+(-[\w.]+)?)$/.test(version))
        .map(([name, version]) => `${file}: ${name} ${version}`)
    })
    assert.isAbove(manifests.length, 6)
    assert.deepStrictEqual(ranges, [])
  })

  it("is installed by the package manager the documents name", () => {
    const version = manifest("package.json").packageManager
    assert.match(version ?? "", /^pnpm@\d+\.\d+\.\d+$/)
    const documents = ["README.md", "CONTRIBUTING.md", ".ci/run", ...files(".github/workflows/*.yml")]
    const named = new Set(documents.flatMap((file) => read(file).match(/pnpm@[\d.]*\d/g) ?? []))
    assert.deepStrictEqual([...named], [version])
  })

  it("is imported by what it makes public", () => {
    // What Ajv documents as the entry of each draft.
    const documented = new Set(["ajv/dist/2020.js"])
    // Tests may look inside: what is published keeps that to itself.
    const own = "@effect-intercom/"
    const internals = files("{packages/*,contract-tests}/{src,test}/**/*.ts").flatMap((file) =>
      [...read(file).matchAll(/\bfrom "((?:@[^/"]+\/)?[^./"@][^/"]*\/(?:src|dist|lib|internal)\/[^"]*)"/g)]
        .filter(([, entry = ""]) => !documented.has(entry) && !(file.includes("/test/") && entry.startsWith(own)))
        .map(([, entry]) => `${file}: ${entry}`)
    )
    assert.deepStrictEqual(internals, [])
  })
})
