/// <reference types="node" />
/** SHA-256 by Node's own implementation (Bun and Deno have it too); the one module here that needs a platform. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import { Sha256 } from "./Sha256.ts"

/** What `Export.run` needs for its checksums, on Node. */
export const layer: Layer.Layer<Sha256> = Layer.succeed(
  Sha256,
  Sha256.of({
    make: Effect.sync(() => {
      const hash = createHash("sha256")
      return {
        update: (bytes: Uint8Array) => Effect.sync(() => void hash.update(bytes)),
        hex: Effect.sync(() => hash.copy().digest("hex"))
      }
    })
  })
)
