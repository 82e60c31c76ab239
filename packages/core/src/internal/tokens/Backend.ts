/** What a store of tokens is on. */
import * as Effect from "effect/Effect"
import type { Credentials } from "./Credentials.ts"
import { TokenStoreError } from "./TokenStoreError.ts"

/**
 * Whatever it fails with is told as a `TokenStoreError` with its message: keep tokens out of messages. What follows `Bearer`
 * and what looks like a token of Intercom is cut, no more. Names are checked before they get here.
 */
export interface Backend<R = never> {
  /** `undefined` where there is none; an `UnknownWorkspace` of your own, where there is more to say. */
  readonly find: (workspace: string) => Effect.Effect<Credentials | undefined, unknown, R>
  /** Takes the place of what was there. */
  readonly set?: (workspace: string, credentials: Credentials) => Effect.Effect<void, unknown, R>
  /** Removing what is not there is no failure. */
  readonly remove?: (workspace: string) => Effect.Effect<void, unknown, R>
  /** All there are, names or not. */
  readonly keys?: Effect.Effect<ReadonlyArray<string>, unknown, R>
  /**
   * What to do about one in `keys` that is no name, as others may have stored. With it, `remove` is given such a one, too: it
   * must be safe with any string, as a parameter of a statement is, and a part of a path is not.
   */
  readonly otherNames?: string
}

/** Fails because what is stored under a name cannot be used. */
export const malformed = (workspace: string) => (description: string) =>
  new TokenStoreError({ operation: "find", workspace, problem: "malformed", description })

export const unsupported = (operation: TokenStoreError["operation"], description: string, workspace?: string) =>
  Effect.fail(
    new TokenStoreError({
      operation,
      problem: "unsupported",
      description,
      ...(workspace === undefined ? undefined : { workspace })
    })
  )
