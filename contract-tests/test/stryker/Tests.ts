/** Which tests are run against the mutants of a file. */

const webhook = ["webhook/Webhook", "webhook/Inbox", "webhook/Route"]
const tokens = ["TokenStore"]
const workspaces = ["Workspaces", "TokenStore"]
const jobs = ["resources/Exports"]

/** Files with rules of their own, below `packages/core/src`, and the tests that know those, below `packages/core/test`. */
const own: { readonly [file: string]: ReadonlyArray<string> } = {
  "internal/ContactUpsert": ["resources/ContactUpsert"],
  "resources/Contacts": ["resources/ContactUpsert", "resources/Contacts", "Attributes"],
  "resources/Jobs": jobs,
  "resources/DataExports": jobs,
  "resources/ReportingExports": jobs,
  Job: jobs,
  Search: ["Search", "Attributes"],
  "search/Words": ["search/Words", "Search"],
  Concurrency: ["Concurrency"],
  TokenStore: tokens,
  Workspaces: workspaces,
  "internal/Clients": workspaces,
  "internal/tokens/Backend": tokens,
  "internal/tokens/Credentials": tokens,
  "internal/tokens/Directory": tokens,
  "internal/tokens/Encryption": tokens,
  "internal/tokens/Environment": tokens,
  "internal/tokens/Sql": tokens,
  "internal/tokens/TokenStoreError": tokens,
  OAuth: ["OAuth"],
  "internal/OAuthError": ["OAuth"],
  Loader: ["Loader"],
  "loaders/ContactLoader": ["Loader"],
  "webhook/Inbox": webhook,
  "webhook/Item": webhook,
  "webhook/Notification": webhook,
  "webhook/Route": webhook,
  "webhook/Signature": webhook,
  "webhook/Signed": webhook,
  "webhook/Topic": webhook,
  ApiVersion: ["ApiVersion"],
  Permission: ["Permission"],
  "internal/Retry": ["Retry", "Telemetry"],
  "internal/Patience": ["Retry", "IntercomConfig"],
  "internal/Transient": ["Retry"],
  "internal/RateLimit": ["internal/RateLimit"],
  "internal/Gate": ["RateLimit", "Concurrency"]
}

/** All there are; with them a file takes an hour, not minutes. */
export const all: ReadonlyArray<string> = ["packages/core/test/**/*.test.ts", "contract-tests/test/stryker/Contract.ts"]

export const files: ReadonlyArray<string> = Object.keys(own).map((file) => `packages/core/src/${file}.ts`)

/** The tests for what `--mutate` names: a file, or some lines of one, `packages/core/src/Search.ts:10-20`. */
export const testsFor = (mutated: ReadonlyArray<string>): ReadonlyArray<string> => {
  const tests = mutated.map((one) => own[/^packages\/core\/src\/(.*)\.ts(?::|$)/.exec(one)?.[1] ?? ""])
  return tests.length === 0 || tests.includes(undefined)
    ? all
    : [...new Set(tests.flatMap((some) => some ?? []))].map((test) => `packages/core/test/${test}.test.ts`)
}

/** What `--mutate` names, of the arguments of a command. */
export const mutatedIn = (args: ReadonlyArray<string>): ReadonlyArray<string> =>
  args.flatMap((arg, index) => {
    const value = arg === "--mutate" || arg === "-m" ? args[index + 1] : /^--mutate=(.*)/.exec(arg)?.[1]
    return value?.split(",") ?? []
  })
