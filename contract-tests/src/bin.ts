#!/usr/bin/env node
import * as NodeVersion from "./cli/NodeVersion.ts"

// Nothing else is imported before: an older Node may not even load it.
const problem = NodeVersion.problem("intercom-contract", process.version)
if (problem === undefined) {
  const { run } = await import("./cli/Process.ts")
  run()
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 2
}
