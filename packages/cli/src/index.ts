export * as ExitCode from "./ExitCode.ts"
export * as Main from "./Main.ts"
export * as ProgressLine from "./ProgressLine.ts"
export * as Reporter from "./Reporter.ts"
