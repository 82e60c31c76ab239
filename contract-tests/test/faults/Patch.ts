/** Puts the fault named by `FAULT` into the client as its modules are loaded; no file is changed. */
import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"
import { type Fault, faults } from "./Faults.ts"

const sources = new URL("../../../packages/core/src/", import.meta.url)

/** The text of a file with a fault in it. Fails when an edit has no place, or more than one. */
export const apply = (text: string, { edits, file, name }: Fault): string =>
  edits.reduce((text, [find, replace]) => {
    const parts = text.split(find)
    if (parts.length !== 2) throw new Error(`${name}: ${JSON.stringify(find)} is ${parts.length - 1} times in ${file}`)
    return parts.join(replace)
  }, text)

/** The text of a file of the client. */
export const read = (file: string): string => readFileSync(fileURLToPath(new URL(file, sources)), "utf8")

/** Loads the file of a fault with the fault in it. */
export const install = (fault: Fault): void => {
  const source = apply(read(fault.file), fault)
  const { href } = new URL(fault.file, sources)
  registerHooks({
    load: (url, context, next) =>
      url === href ? { format: "module-typescript", source, shortCircuit: true } : next(url, context)
  })
}

const fault = faults.find(({ name }) => name === process.env["FAULT"])
if (fault !== undefined) install(fault)
