import * as NodeVersion from "@effect-intercom/cli/NodeVersion"
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { bundle } from "./Bundle.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))

const enginesOf = (folder: string) =>
  (
    JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      readonly engines?: { readonly node?: string }
    }
  ).engines?.node

/** What a program says on a Node that calls itself so. */
const on = (version: string, program: string, ...args: ReadonlyArray<string>) => {
  const stub = `data:text/javascript,Object.defineProperty(process, "version", { value: ${JSON.stringify(version)} })`
  const { status, stderr, stdout } = spawnSync(process.execPath, ["--import", stub, program, ...args], {
    encoding: "utf8"
  })
  return { status, stderr, stdout }
}

describe("Node", () => {
  const tooOld = ["v20.20.2", "v18.0.0", "v22.18.9", "v22.9.0", "v4.0.0"]
  const newEnough = ["v22.19.0", "v22.19.1", "v22.20.0", "v24.0.0", "v100.0.0", "v24.0.0-nightly20260101"]
  for (const version of tooOld) {
    it(`${version} is too old`, () =>
      assert.strictEqual(
        NodeVersion.problem("intercom", version),
        `intercom needs Node 22.19.0 or newer, and this is Node ${version.slice(1)}: install a newer one from https://nodejs.org, or with your version manager.`
      ))
  }
  for (const version of newEnough) {
    it(`${version} will do`, () => assert.strictEqual(NodeVersion.problem("intercom", version), undefined))
  }

  it("is checked by the same code in both commands, which share no package that is not loaded first", () => {
    const [one, other] = ["packages/cli/src", "contract-tests/src/cli"].map((folder) =>
      readFileSync(join(root, folder, "NodeVersion.ts"), "utf8")
    )
    assert.strictEqual(other, one)
  })

  it("that each package asks for is the one the commands check", () => {
    for (const folder of ["packages/cli", "packages/export", "packages/simulator", "contract-tests"]) {
      assert.strictEqual(enginesOf(folder), `>=${NodeVersion.oldest}`, folder)
    }
    for (const folder of ["packages/core", "spec"]) assert.strictEqual(enginesOf(folder), ">=20.0.0", folder)
    for (const readme of [
      "README.md",
      "packages/cli/README.md",
      "packages/export/README.md",
      "packages/simulator/README.md",
      "contract-tests/README.md"
    ]) {
      assert.include(readFileSync(join(root, readme), "utf8"), "Node 22.19", readme)
    }
  })

  const sources = [
    ["intercom", 64, "packages/cli/src/bin.ts"],
    ["intercom-contract", 2, "contract-tests/src/bin.ts"]
  ] as const
  for (const [command, code, file] of sources) {
    it(`20 is refused by ${command} in a sentence`, () => {
      const { status, stderr, stdout } = on("v20.20.2", join(root, file), "--version")
      assert.match(
        stderr,
        new RegExp(`^${command} needs Node 22\\.19\\.0 or newer, and this is Node 20\\.20\\.2: .*\\n$`)
      )
      assert.strictEqual(status, code)
      assert.strictEqual(stdout, "")
    })
  }

  it("20 is refused by the bundle, which loads nothing before", async () => {
    const { entries, path } = await bundle()
    assert.deepStrictEqual(
      entries.map(({ fileName, imports }) => [fileName, imports]),
      [["intercom.js", ["node:v8"]]]
    )
    const { status, stderr } = on("v20.20.2", path, "whoami")
    assert.match(stderr, /^intercom needs Node 22\.19\.0 or newer, and this is Node 20\.20\.2: .*\n$/)
    assert.strictEqual(status, 64)
    const { status: fine, stdout } = on(process.version, path, "--version")
    assert.match(stdout, /^intercom v\d/)
    assert.strictEqual(fine, 0)
  })
})
