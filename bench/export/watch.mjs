/**
 * Loaded before a command: notes in the file `BENCH_WATCHED` what its process took, in milliseconds and bytes. No
 * TypeScript: Node's means to read that would count as the command's.
 */
import { writeFileSync } from "node:fs"

const curve = []
setInterval(() => curve.push(process.memoryUsage.rss()), 100).unref()

process.on("exit", () => {
  const { system, user } = process.cpuUsage()
  writeFileSync(
    process.env.BENCH_WATCHED,
    JSON.stringify({
      wall: performance.now(),
      cpu: (user + system) / 1000,
      peak: process.resourceUsage().maxRSS * 1024,
      curve
    })
  )
})
