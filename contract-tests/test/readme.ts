import { Contract, Divergence, Reports } from "@effect-intercom/contract-tests"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect } from "effect"

const program = Effect.gen(function* () {
  const report = yield* Contract.run({ spec: "openapi/intercom.yml", runs: 200 })
  for (const divergence of Contract.failures(report)) yield* Console.log(Divergence.format(divergence))
  yield* Reports.write("contract-report", report)
})

NodeRuntime.runMain(program.pipe(Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer])))
