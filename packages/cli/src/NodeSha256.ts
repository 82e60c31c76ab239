/** SHA-256 by Node's own implementation. */
import { Sha256 } from "@effect-intercom/export/Sha256"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"

/** For `@effect-intercom/export` on Node. */
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
