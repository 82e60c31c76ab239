export * as Faults from "./Faults.ts"
export * as RateLimit from "./RateLimit.ts"
export * from "./Simulator.ts"
