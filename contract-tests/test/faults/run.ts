/**
 * `pnpm contract:faults`: which faults in the client the suite alone sees. Each is put into the client in a process of
 * its own. `--only TEXT` tries those whose name has the text, `--runs N` takes so many samples of each property, `--jobs N`
 * as many processes at once.
 */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { faults } from "./Faults.ts"
import type { Seen } from "./Look.ts"

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    runs: { type: "string", default: "10" },
    jobs: { type: "string", default: "2" }
  }
})

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const look = (fault: string): Promise<Seen | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", file("Patch.ts"), file("Look.ts")], {
      env: { ...process.env, FAULT: fault, RUNS: values.runs },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let out = ""
    let error = ""
    child.stdout.on("data", (text: Buffer) => (out += text.toString()))
    child.stderr.on("data", (text: Buffer) => (error += text.toString()))
    child.on("close", (code) => {
      const last = out.trim().split("\n").at(-1) ?? ""
      // What `Look.ts` prints.
      if (code === 0 && last !== "") resolve(JSON.parse(last) as Seen | null)
      else reject(new Error(`${fault}: exit ${code}\n${error}`))
    })
  })

// First of all the client as it is: a suite that finds something there would see every fault.
const healthy = await look("")
if (healthy !== null) throw new Error(`without any fault ${healthy.check} finds ${healthy.message}`)

const wanted = faults.filter(({ name }) => name.includes(values.only))
const queue = [...wanted]
let missed = 0
const worker = async () => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const seen = await look(next.name)
    if (seen === null) missed += 1
    console.log(
      `${seen === null ? "MISSED" : "seen  "} ${next.name}${seen === null ? "" : ` | ${seen.check}: ${seen.message.slice(0, 160)}`}`
    )
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) }, worker))
console.log(`\n${wanted.length - missed} of ${wanted.length} faults seen`)
process.exitCode = missed === 0 ? 0 : 1
