/** What a report is made of. */
import type { Checkpoint } from "@effect-intercom/export/Checkpoint"
import type { Entry } from "@effect-intercom/export/Manifest"
import type { Overview } from "@effect-intercom/export/Overview"

const at = "2026-11-27T08:00:00.000Z"

export const scope = { output: "contacts", since: null, until: 1, pageSize: null }

export const shared = {
  resource: "contacts",
  source: { baseUrl: "https://api.eu.intercom.io/", version: "2.15", workspace: "w1" },
  scope,
  counts: { read: 5000, records: 5000, quarantined: 0, skipped: 0, missing: 0 },
  total: 5000,
  missing: [],
  runs: 1,
  effort: { requests: 40, retries: 2, waits: 3, waitedMillis: 4200 },
  workedMillis: 20_000,
  samples: [
    { seconds: 5, records: 1000, requests: 10, retries: 0, waitedMillis: 0 },
    { seconds: 10, records: 3000, requests: 20, retries: 2, waitedMillis: 1000 },
    { seconds: 20, records: 5000, requests: 40, retries: 2, waitedMillis: 4200 }
  ],
  startedAt: at
}

export const entry = (more: Partial<Entry> = {}): Entry => ({
  ...shared,
  place: "contacts.ndjson",
  records: 5000,
  bytes: 9_400_000,
  sha256: "ab".repeat(32),
  complete: true,
  finishedAt: at,
  ...more
})

export const checkpoint: Checkpoint = {
  ...shared,
  format: 2,
  resource: "conversations",
  scope: { ...scope, output: "conversations" },
  position: null,
  done: false,
  steps: 1,
  recent: {},
  updatedAt: at
}

export const overview = (exports: Record<string, Entry>, unfinished: ReadonlyArray<Checkpoint> = []): Overview => ({
  name: "ndjson:dump",
  manifest: { format: 2, tool: { name: "t", version: "1" }, exports },
  state: undefined,
  unfinished
})

/** An export with everything that may be wrong, and another one unfinished. */
export const flawed = overview(
  {
    contacts: entry({
      counts: {
        ...shared.counts,
        quarantined: 4,
        missing: 2,
        reasons: { "owner_id: expected number": 1, "name: expected string": 3 }
      },
      missing: [
        { id: "c9", what: "record", expected: 1, found: 0 },
        { id: "c7", what: "parts", expected: 700, found: 500 }
      ],
      complete: false,
      total: 5010,
      runs: 3
    })
  },
  [checkpoint]
)
