import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import * as os from "node:os"

/** The installed version of a package. */
export const versionOf = (name: string): string => {
  // A package may not export its package.json; its folder is in one of these.
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, "utf8")) as { readonly version: string })
        .version
    } catch {
      // Not in this folder.
    }
  }
  return "?"
}

/** What a measurement depends on: versions, processor, and how busy it was. */
export const machine = (): string => {
  const cpus = os.cpus()
  const packages = ["effect", "@effect/platform-node", "undici", "intercom-client"]
  return [
    `node ${process.versions.node}, V8 ${process.versions.v8}, ${packages.map((name) => `${name} ${versionOf(name)}`).join(", ")}`,
    `${os.type()} ${os.arch()}, ${cpus.length} × ${cpus[0]?.model.trim() ?? "?"}, load ${os.loadavg()[0]?.toFixed(1) ?? "?"}`
  ].join("\n")
}
