/** Why a store of tokens has none, and what a workspace may be called in it. */
import * as Schema from "effect/Schema"
import { printable } from "../Printable.ts"

const pattern = /^[a-z\d][\w.:@-]{0,127}$/i

/**
 * Names are files, variables and keys elsewhere: ASCII, nothing that leaves a directory or is hidden in it, and nothing
 * that every object has.
 */
export const isName = (name: string): boolean => pattern.test(name) && !(name in Object.prototype)

export const wanted =
  "A name is 1 to 128 letters of ASCII, digits and . _ - : @, begins with a letter or digit, and is no property of all objects"

/** A name from outside, as it can be shown. */
export const shown = (workspace: string): string =>
  printable(workspace.length > 128 ? `${workspace.slice(0, 128)}…` : workspace)

/** The store has no token for the workspace. */
export class UnknownWorkspace extends Schema.TaggedError<UnknownWorkspace>()("UnknownWorkspace", {
  /** As it was asked for. */
  workspace: Schema.String,
  /** What to do about it, where the store knows more than that there is none. */
  remedy: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const remedy = isName(this.workspace)
      ? printable(this.remedy ?? "Install the app there, and store its token, or check the name.")
      : `${wanted}.`
    return `No token is stored for the workspace "${shown(this.workspace)}". ${remedy}`
  }
}

/** The store cannot do what was asked, or what it has is no token. It never shows a token. */
export class TokenStoreError extends Schema.TaggedError<TokenStoreError>()("TokenStoreError", {
  operation: Schema.Literals(["find", "set", "remove", "keys"]),
  /** Of which workspace. */
  workspace: Schema.optionalKey(Schema.String),
  /**
   * `failed`: what the store is on did, and may be right the next time. `malformed`: what is stored, or was to be, cannot
   * be used. `name`: nothing can be stored under it. `unsupported`: this store never does that.
   */
  problem: Schema.Literals(["failed", "malformed", "name", "unsupported"]),
  description: Schema.String
}) {
  override get message(): string {
    const what = {
      find: "The token cannot be read",
      set: "The token cannot be stored",
      remove: "The token cannot be removed",
      keys: "The workspaces cannot be listed"
    }[this.operation]
    const of = this.workspace === undefined ? "" : ` (workspace "${shown(this.workspace)}")`
    return `${what}${of}: ${printable(this.description)}`
  }
}

/** A key to encrypt tokens with is none. */
export class TokenKeyError extends Schema.TaggedError<TokenKeyError>()("TokenKeyError", {
  /** `absent`: an empty list was given. `malformed`: it is not what a key has to be. */
  problem: Schema.Literals(["absent", "malformed"])
}) {
  override get message(): string {
    const problem = this.problem === "absent" ? "There is no key" : "A key is malformed"
    return `${problem} to encrypt tokens with. Give 32 random bytes in base64, as "openssl rand -base64 32" prints.`
  }
}
