/// <reference types="node" />
/** SHA-256 by Node's own implementation (Bun and Deno have it too); the one module here that needs a platform. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash, type Hash } from "node:crypto"
import * as Sha256 from "./Sha256.ts"

const of = (state: Hash): Sha256.Hash => ({
  update: (bytes) => Effect.sync(() => void state.update(bytes)),
  hex: Effect.sync(() => state.copy().digest("hex")),
  copy: Effect.sync(() => of(state.copy()))
})

/** What an export needs for its checksums, on Node. */
export const layer: Layer.Layer<Sha256.Sha256> = Layer.succeed(
  Sha256.Sha256,
  Sha256.Sha256.of({ make: Effect.sync(() => of(createHash("sha256"))) })
)
