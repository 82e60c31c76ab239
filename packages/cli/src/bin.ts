#!/usr/bin/env node
import * as v8 from "node:v8"
import * as NodeVersion from "./NodeVersion.ts"

// Nothing else is imported before: an older Node may not even load it.
const problem = NodeVersion.problem("intercom", process.version)
if (problem === undefined) {
  // An export may run for hours beside other programs: garbage is collected early rather than kept. It takes a tenth
  // more of a processor that mostly waits for the API, and less than half the memory (160 MB for 360 MB). Node would have
  // to be started with these otherwise; said before the modules are loaded, they come in time.
  v8.setFlagsFromString("--semi-space-growth-factor=1")
  v8.setFlagsFromString("--heap-growing-percent=60")

  // What the modules are compiled to is kept for the next start, where NODE_COMPILE_CACHE says, else beside temporary files.
  const { enableCompileCache } = await import("node:module")
  enableCompileCache()

  const { run } = await import("./Process.ts")
  run()
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 64
}
