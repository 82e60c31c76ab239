/** The oldest Node that runs the command: `engines` in package.json says the same. */
export const oldest = "22.19.0"

const numbers = (version: string): ReadonlyArray<number> =>
  version
    .replace(/^v/, "")
    .split(".")
    .map((part) => Number.parseInt(part, 10))

const isOlder = (version: string): boolean => {
  const [has, needs] = [numbers(version), numbers(oldest)]
  const place = needs.findIndex((number, index) => has[index] !== number)
  return place !== -1 && (has[place] ?? 0) < (needs[place] ?? 0)
}

/** Why a command cannot run on this Node, such as `v20.20.2`, and what to do; `undefined` when it can. */
export const problem = (command: string, version: string): string | undefined =>
  isOlder(version)
    ? `${command} needs Node ${oldest} or newer, and this is Node ${version.replace(/^v/, "")}: install a newer one from https://nodejs.org, or with your version manager.`
    : undefined
