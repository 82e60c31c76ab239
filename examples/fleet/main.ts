// Starts a runner, which ends when it is told to (SIGTERM): FLEET_DATABASE_URL=… FLEET_HOST=10.0.0.7 node main.ts
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { Runner } from "./Runner.ts"

Layer.launch(Runner).pipe(Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer]), NodeRuntime.runMain)
