/**
 * Checks per second of each layer of the contract suite, next to asking Prism's own command with `fetch`:
 * `node bench/contract/run.ts [--rounds N] [--checks N] [--suites N]`. The suite measures itself, in a process of its
 * own; here is what it depends on.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { machine } from "../internal/Machine.ts"

console.log(`${machine()}\n`)
const suite = fileURLToPath(new URL("../../contract-tests/src/speed-main.ts", import.meta.url))
process.exitCode = spawnSync(process.execPath, [suite, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1
