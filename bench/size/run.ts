/** What a program pulls in: bundled with esbuild for a browser, minified and gzipped. `node bench/size/run.ts`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { gzipSync } from "node:zlib"
import { machine } from "../internal/Machine.ts"
import { table } from "../internal/Report.ts"

/** What is bundled: a program that uses each, as nothing else is kept. */
const programs = {
  "effect/http and Schema": `
    import * as Effect from "effect/Effect"
    import * as FetchHttpClient from "effect/http/FetchHttpClient"
    import * as HttpClient from "effect/http/HttpClient"
    import * as Schema from "effect/Schema"
    console.log(HttpClient.get("/").pipe(Effect.provide(FetchHttpClient.layer)), Schema.Struct({ a: Schema.String }))`,
  "one resource": `
    import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
    import { Tags } from "@effect-intercom/core/resources/Tags"
    console.log(Tags.layer, IntercomHttp.layer)`,
  "every resource": `
    import { Intercom } from "@effect-intercom/core/Intercom"
    console.log(Intercom.layer)`,
  "intercom-client": `
    import { IntercomClient } from "intercom-client"
    console.log(new IntercomClient({ token: "x" }).tags.list())`
}

const sizeOf = (program: string) =>
  Effect.promise(() =>
    build({
      stdin: { contents: program, resolveDir: import.meta.dirname, loader: "ts" },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      logLevel: "silent",
      // The SDK reads streams of Node where there are some.
      external: ["node:*", "stream", "fs", "buffer"]
    })
  ).pipe(Effect.map(({ outputFiles: [output] }) => output?.contents ?? new Uint8Array()))

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1)

const run = Effect.gen(function* () {
  const rows = yield* Effect.forEach(Object.entries(programs), ([name, program]) =>
    Effect.map(sizeOf(program), (contents) => [
      name,
      kilobytes(contents.length),
      kilobytes(gzipSync(contents, { level: 9 }).length)
    ])
  )
  yield* Console.log(`${machine()}\n\n${table([["kB", "minified", "gzipped"], ...rows])}`)
})

NodeRuntime.runMain(run)
