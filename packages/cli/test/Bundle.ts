/**
 * The command as it is published, made of the sources as they are: it starts in less than half of the time they take one
 * by one, which counts where tests start it often.
 */
import { createHash, randomUUID } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { type OutputChunk, rolldown } from "rolldown"
import config from "../rolldown.config.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

// Where its dependencies are found that are not in it.
const cache = join(root, "node_modules/.cache/bundle")

const day = 86_400_000

/** Those that nobody started for a day; another run of the tests may be at work with one of the others. */
const forget = () => {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name)
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity }
    if (mtimeMs < Date.now() - day) rmSync(folder, { recursive: true, force: true })
  }
}

export interface Bundle {
  /** The program's file. */
  readonly path: string
  readonly entries: ReadonlyArray<OutputChunk>
}

const build = async (): Promise<Bundle> => {
  const bundle = await rolldown({ ...config, cwd: root })
  const { output } = await bundle.generate({ ...config.output, cleanDir: false })
  await bundle.close()
  const chunks = output.flatMap((one) => (one.type === "chunk" ? [one] : []))
  const hash = createHash("sha256")
  for (const { code, fileName } of chunks) hash.update(`${fileName}\n${code}\n`)
  // One folder for one content: Node's cache of compiled code knows it again, and it is never out of date.
  const folder = join(cache, hash.digest("hex").slice(0, 16))
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date())
  } else {
    const made = `${folder}-${randomUUID()}`
    for (const { code, fileName } of chunks) {
      mkdirSync(dirname(join(made, fileName)), { recursive: true })
      writeFileSync(join(made, fileName), code)
    }
    try {
      renameSync(made, folder)
    } catch (error) {
      // Another worker was first.
      rmSync(made, { recursive: true, force: true })
      if (!existsSync(folder)) throw error
    }
  }
  forget()
  return { path: join(folder, "intercom.js"), entries: chunks.filter(({ isEntry }) => isEntry) }
}

let built: Promise<Bundle> | undefined

/** Made once, by the first test of a worker that asks for it. */
export const bundle = (): Promise<Bundle> => (built ??= build())
