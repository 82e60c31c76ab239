/** SHA-256 over bytes that arrive in pieces. `effect/crypto` needs them all at once, so the platform provides this. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** A hash of the bytes so far. */
export interface Hash {
  readonly update: (bytes: Uint8Array) => Effect.Effect<void>
  /** The hash so far, in lower-case hexadecimal; more bytes may follow. */
  readonly hex: Effect.Effect<string>
  /** A hash of the same bytes, that goes its own way from here. */
  readonly copy: Effect.Effect<Hash>
}

/** Makes hashes. `NodeSha256.layer` is the one for Node. */
export class Sha256 extends Context.Service<
  Sha256,
  {
    /** A new hash, of no bytes yet. */
    readonly make: Effect.Effect<Hash>
  }
>()("@effect-intercom/export/Sha256") {}
