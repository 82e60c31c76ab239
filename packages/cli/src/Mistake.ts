/** What is wrong with a command line, in sentences that can be shown: what may be a secret is not repeated. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Resource from "@effect-intercom/export/Resource"
import type * as CliError from "effect/cli/CliError"
import * as Suggestion from "./Suggestion.ts"

/** A long run of letters and digits, as tokens are. */
const token = /[\w+/=-]{24,}/

/** User and password before a host, or what sets them. */
const login = /@|pass|secret|token|\bpwd?\b/i

/** A word of the command line, as far as it can be repeated. Of what may hold a password or a token, only the beginning. */
export const shown = (word: string): string => {
  const [, scheme] = /^([a-z][a-z\d.+-]{0,15}):/i.exec(word) ?? []
  if (login.test(word) || token.test(word) || word.length > 60 || (scheme !== undefined && /^\w+:\/\//.test(word))) {
    return scheme === undefined || login.test(scheme) ? "…" : `${scheme}:…`
  }
  return Printable.line(word)
}

/** `"us" | "eu" | "au"` as a person would say it. */
const choices = (expected: string): string | undefined => {
  const words = [...expected.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word)
  if (words.length < 2 || words.map((word) => `"${word}"`).join(" | ") !== expected) return undefined
  const told = words.filter((word) => !Resource.renamed.has(word))
  return `${told.slice(0, -1).join(", ")} or ${told.at(-1) ?? ""}`
}

/** What Effect says of numbers. */
const kinds: { readonly [expected: string]: string } = {
  "a string representing a finite number": "a number",
  "an integer": "a whole number",
  integer: "a whole number"
}

const taken = (expected: string): string => {
  const what = expected.replace(/^Expected:? /, "").trim()
  return choices(what) ?? kinds[what] ?? what
}

const invalid = ({ expected, kind, option, value }: CliError.InvalidValue): string => {
  const name = kind === "flag" ? `--${option}` : `<${option}>`
  const [, times] = /^(\d+) occurrences$/.exec(value) ?? []
  if (times !== undefined && expected.startsWith("at most 1")) return `${name} is given ${times} times: give it once.`
  const sentence = `${name} takes ${taken(expected)}${value === "" ? "" : `, not "${shown(value)}"`}`
  return `${sentence}${kind === "argument" ? Suggestion.of(value) || "." : "."}`
}

const meant = (suggestions: ReadonlyArray<string>): string =>
  suggestions.length === 0 ? "" : ` Did you mean ${suggestions.join(" or ")}?`

const sentence = (error: CliError.CliError): string => {
  switch (error._tag) {
    case "InvalidValue":
      return invalid(error)
    case "UnrecognizedOption": {
      const [name = ""] = error.option.split("=")
      return `${/^--?[a-z-]{1,30}$/i.test(name) ? name : shown(name)} is not a flag of ${error.command?.join(" ") ?? "intercom"}.${meant(error.suggestions)}`
    }
    case "UnexpectedArgument":
      return `${error.arguments.map((word) => `"${shown(word)}"`).join(", ")} is too much: the command takes no more words.`
    case "UnknownSubcommand":
      return `"${shown(error.subcommand)}" is not a command of ${error.parent?.join(" ") ?? "intercom"}.${meant(error.suggestions)}`
    case "MissingOption":
      return `--${error.option} is missing.`
    case "MissingArgument":
      return `<${error.argument}> is missing.`
    default:
      return Printable.line(error.message)
  }
}

/** A sentence for each mistake. After an unknown flag comes what may be its value: nothing is said of that. */
export const of = (errors: ReadonlyArray<CliError.CliError>): ReadonlyArray<string> => {
  const unknown = errors.filter(({ _tag }) => _tag === "UnrecognizedOption")
  return (unknown.length > 0 ? unknown : errors).map(sentence)
}
