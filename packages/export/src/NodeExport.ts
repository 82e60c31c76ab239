/// <reference types="node" />
/** What exports need of the machine, on Node (Bun and Deno do too). */
import * as Layer from "effect/Layer"
import type { Compression } from "./Compression.ts"
import type { Host } from "./Host.ts"
import * as NodeCompression from "./NodeCompression.ts"
import * as NodeHost from "./NodeHost.ts"
import * as NodeSha256 from "./NodeSha256.ts"
import type { Sha256 } from "./Sha256.ts"

/** Digests, locks and compression. */
export const layer: Layer.Layer<Compression | Host | Sha256> = Layer.mergeAll(
  NodeCompression.layer,
  NodeHost.layer,
  NodeSha256.layer
)
