/** Where the tokens of many workspaces are: in memory, in the environment, in files, in a database, or in a store of yours. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { scrubber } from "./internal/Scrub.ts"
import { type Backend, unsupported } from "./internal/tokens/Backend.ts"
import * as Credential from "./internal/tokens/Credentials.ts"
import * as Directory from "./internal/tokens/Directory.ts"
import * as Encryption from "./internal/tokens/Encryption.ts"
import * as Environment from "./internal/tokens/Environment.ts"
import * as Sql from "./internal/tokens/Sql.ts"
import {
  isName,
  shown,
  type TokenKeyError,
  TokenStoreError,
  UnknownWorkspace,
  wanted
} from "./internal/tokens/TokenStoreError.ts"

export type { Backend as TokenBackend } from "./internal/tokens/Backend.ts"
export type { Credentials } from "./internal/tokens/Credentials.ts"
export type { TokenKeys } from "./internal/tokens/Encryption.ts"
export { TokenKeyError, TokenStoreError, UnknownWorkspace } from "./internal/tokens/TokenStoreError.ts"

type Credentials = Credential.Credentials

/** Finds the token of a workspace, by a name of your choice: the id of the workspace (`app_id`), or of your customer. */
interface Service {
  /** The token, and where it is good, when another region, address or version than the usual one is. */
  readonly find: (workspace: string) => Effect.Effect<Credentials, UnknownWorkspace | TokenStoreError>
  /** Stores a token, in the place of that which was there. `Workspaces` on this store use it from the next call on. */
  readonly set: (workspace: string, credentials: Credentials) => Effect.Effect<void, TokenStoreError>
  /** Removes a token; that there is none is no failure. `Workspaces` on this store have no more clients with it. */
  readonly remove: (workspace: string) => Effect.Effect<void, TokenStoreError>
  /**
   * The names of all workspaces, in order. What others stored under what is no name is among them: `find` fails for it, and
   * says what to do, `remove` removes it from a table.
   */
  readonly keys: Effect.Effect<ReadonlyArray<string>, TokenStoreError>
  /**
   * Has a callback told of each workspace whose token is set or removed through this store, before that comes to its end, as
   * long as the scope is open. What other processes do, or another store on the same place, it is not told of.
   */
  readonly onChange?:
    | ((changed: (workspace: string) => Effect.Effect<void>) => Effect.Effect<void, never, Scope.Scope>)
    | undefined
}

/**
 * A store of tokens, by names of workspaces. A name has 1 to 128 letters of ASCII, digits and `. _ - : @`, and begins with
 * a letter or digit; case matters. No error, log line or span shows a token.
 *
 * - `layerMemory` has what it is given, and what is set: for tests and trials. What could not be set, fails it.
 * - `layerEnv` reads `INTERCOM_ACCESS_TOKEN_name`, and `INTERCOM_REGION_name`, `INTERCOM_BASE_URL_name` and
 *   `INTERCOM_VERSION_name`, of the `ConfigProvider`, with the name as it is; `keys` are those `INTERCOM_WORKSPACES` lists,
 *   separated by commas. It cannot be written.
 * - `layerDirectory` has a file for each workspace, with the token, or JSON: `{ "accessToken": "…", "region": "eu" }`;
 *   fields it does not know are refused. Secrets that Kubernetes or Docker mount are such directories. Each `find` reads
 *   the file: a token that was replaced there is the next one found. One that is not there yet has no workspaces.
 * - `layerSql` has a table of PostgreSQL or SQLite, encrypted with a key of yours.
 * - `make` is any other: a vault, say.
 *
 * @example
 * ```ts
 * import { TokenStore } from "@effect-intercom/core"
 * import { Effect, Redacted } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const tokens = yield* TokenStore
 *   yield* tokens.set("acme", { accessToken: Redacted.make("dG9rOg=="), region: "eu" })
 *   const { accessToken, region } = yield* tokens.find("acme")
 *   return [accessToken, region]
 * }).pipe(Effect.provide(TokenStore.layerMemory()))
 * ```
 */
export class TokenStore extends Context.Service<TokenStore, Service>()("@effect-intercom/core/TokenStore") {
  /**
   * A store on something of yours. Names are checked before it is asked, and what it finds before it is given; whatever
   * it fails with is a `TokenStoreError` with its message. Keep tokens out of messages, your vault's, too: what follows
   * `Bearer` and what looks like a token of Intercom is cut, no more.
   *
   * @example
   * ```ts
   * import { TokenStore } from "@effect-intercom/core"
   * import { Effect, Layer, Redacted } from "effect"
   *
   * declare const vault: { readonly read: (path: string) => Effect.Effect<string | undefined, Error> }
   *
   * const Tokens = Layer.succeed(
   *   TokenStore,
   *   TokenStore.make({
   *     find: (workspace) =>
   *       Effect.map(vault.read(`intercom/${workspace}`), (token) =>
   *         token === undefined ? undefined : { accessToken: Redacted.make(token) }
   *       )
   *   })
   * )
   * ```
   */
  static readonly make = (backend: Backend): Service => checking(backend)

  static readonly layerMemory = (
    tokens: { readonly [workspace: string]: Credentials } = {}
  ): Layer.Layer<TokenStore, TokenStoreError> =>
    Layer.fresh(
      Layer.effect(
        TokenStore,
        Effect.suspend(() => {
          const store = checking(inMemory(new Map()))
          const set = Effect.forEach(Object.entries(tokens), (entry) => store.set(...entry), { discard: true })
          return Effect.as(set, store)
        })
      )
    )

  static readonly layerEnv: Layer.Layer<TokenStore> = Layer.fresh(
    Layer.effect(
      TokenStore,
      Effect.map(Environment.make, (backend) => checking(backend))
    )
  )

  /** What is set is a file that its owner alone may read, and takes the place of the other at once. */
  static readonly layerDirectory = (directory: string): Layer.Layer<TokenStore, never, FileSystem.FileSystem> =>
    Layer.fresh(Layer.effect(TokenStore, Effect.map(Directory.make(directory), checking)))

  /**
   * The table is made when it is missing. With a key (32 bytes in base64, as `openssl rand -base64 32` prints), tokens,
   * regions and addresses are encrypted (AES-256-GCM) and bound to the name of their workspace; names of workspaces are
   * not encrypted, and whoever can write to the table can still remove rows, or bring old ones back. To replace a key, give
   * the new one first and the old one after it, and set every token again. Without a key, everything is readable.
   *
   * @example
   * ```ts
   * import { TokenStore } from "@effect-intercom/core"
   * import { Config, Effect, Layer } from "effect"
   *
   * const Tokens = Layer.unwrap(Effect.map(Config.Redacted("TOKEN_KEY"), (key) => TokenStore.layerSql({ key })))
   * ```
   */
  static readonly layerSql = (
    options: {
      /** @default "intercom_tokens" */
      readonly table?: string | undefined
      readonly key?: Encryption.TokenKeys | undefined
    } = {}
  ): Layer.Layer<TokenStore, SqlError | TokenKeyError, SqlClient.SqlClient> =>
    Layer.fresh(
      Layer.effect(
        TokenStore,
        Effect.gen(function* () {
          const { key, table = "intercom_tokens" } = options
          return checking(yield* Sql.make(table, key === undefined ? Encryption.none : yield* Encryption.make(key)))
        })
      )
    )
}

const inMemory = (tokens: Map<string, Credentials>): Backend => ({
  find: (workspace) => Effect.sync(() => tokens.get(workspace)),
  set: (workspace, credentials) => Effect.sync(() => void tokens.set(workspace, credentials)),
  remove: (workspace) => Effect.sync(() => void tokens.delete(workspace)),
  keys: Effect.sync(() => [...tokens.keys()])
})

/** What a vault says may have its own token in it, or the one that was asked for: those of Intercom are `tok:…` in base64. */
const withoutTokens = (text: string): string =>
  text.replace(/\b(bearer)\s+[^\s"',;]+/gi, "$1 <redacted>").replace(/dG9rO[\w+/-]*=*/g, "<redacted>")

const messageOf = (error: unknown): string => withoutTokens(error instanceof Error ? error.message : String(error))

const isUnknown = (error: unknown): error is UnknownWorkspace => error instanceof UnknownWorkspace

const checking = (backend: Backend): Service => {
  const doing =
    (operation: TokenStoreError["operation"], workspace?: string, secret = "") =>
    <A>(effect: Effect.Effect<A, unknown>) =>
      Effect.mapError(effect, (error) =>
        error instanceof TokenStoreError
          ? error
          : new TokenStoreError({
              operation,
              problem: "failed",
              description: scrubber(secret)(messageOf(error), 500),
              ...(workspace === undefined ? undefined : { workspace })
            })
      ).pipe(
        Effect.withSpan(`TokenStore.${operation}`, {
          ...(workspace === undefined ? undefined : { attributes: { workspace: shown(workspace) } })
        })
      )
  const checked = (operation: "find" | "set", workspace: string, credentials: Credentials) =>
    Effect.mapError(
      Credential.check(credentials),
      (description) => new TokenStoreError({ operation, workspace, problem: "malformed", description })
    )
  const named = (operation: "set" | "remove", workspace: string) =>
    isName(workspace)
      ? Effect.void
      : Effect.fail(new TokenStoreError({ operation, workspace, problem: "name", description: `${wanted}.` }))
  /** Whether others stored something under what is no name; of most stores, nobody can tell. */
  const isListed = (name: string) =>
    backend.otherNames === undefined || backend.keys === undefined
      ? Effect.succeed(false)
      : Effect.map(backend.keys, (names) => names.includes(name))
  const listeners = new Set<(workspace: string) => Effect.Effect<void>>()
  // Whatever came of it: a failure does not tell whether the store was changed.
  const telling = (workspace: string) =>
    Effect.ensuring(Effect.suspend(() => Effect.forEach(listeners, (tell) => tell(workspace), { discard: true })))
  const cannot = (operation: TokenStoreError["operation"], workspace?: string) =>
    unsupported(operation, "this store does not do that.", workspace)

  return {
    find: Effect.fnUntraced(function* (workspace) {
      if (!isName(workspace) && (yield* doing("find", workspace)(isListed(workspace)))) {
        const description = `it is stored under what is no name: ${backend.otherNames} ${wanted}.`
        return yield* new TokenStoreError({ operation: "find", workspace, problem: "name", description })
      }
      const found = isName(workspace)
        ? yield* doing("find", workspace)(Effect.catchIf(backend.find(workspace), isUnknown, Effect.succeed))
        : undefined
      if (found === undefined) return yield* new UnknownWorkspace({ workspace })
      if (found instanceof UnknownWorkspace) return yield* found
      return yield* checked("find", workspace, found)
    }),
    set: Effect.fnUntraced(function* (workspace, credentials) {
      yield* named("set", workspace)
      const sound = yield* checked("set", workspace, credentials)
      const set = (backend.set?.(workspace, sound) ?? cannot("set", workspace)).pipe(telling(workspace))
      yield* doing("set", workspace, Redacted.value(sound.accessToken))(set)
    }),
    remove: Effect.fnUntraced(function* (workspace) {
      if (isName(workspace) || !(yield* doing("remove", workspace)(isListed(workspace)))) {
        yield* named("remove", workspace)
      }
      const remove = (backend.remove?.(workspace) ?? cannot("remove", workspace)).pipe(telling(workspace))
      yield* doing("remove", workspace)(remove)
    }),
    keys: (backend.keys ?? cannot("keys")).pipe(
      doing("keys"),
      Effect.map((names) => names.toSorted())
    ),
    onChange: (changed) =>
      // One for each time it is asked for.
      Effect.suspend(() => {
        const listener = (workspace: string) => changed(workspace)
        listeners.add(listener)
        return Effect.addFinalizer(() => Effect.sync(() => listeners.delete(listener)))
      })
  }
}
