/** Checkpoints and entries as an export makes them. */
import type { Checkpoint, Counts } from "@effect-intercom/export/Checkpoint"
import type { Entry } from "@effect-intercom/export/Manifest"

export const source = { baseUrl: "https://api.example.test/", version: "2.15", workspace: "w1" }
export const effort = { requests: 0, retries: 0, waits: 0, waitedMillis: 0 }
export const at = "1970-01-01T00:00:00.000Z"
export const counts: Counts = { read: 100, records: 100, quarantined: 0, skipped: 0, missing: 0 }

const scope = { output: "contacts", since: null, until: 0, pageSize: null }

/** After so many records. */
export const checkpoint = (records: number, more: Partial<Checkpoint> = {}): Checkpoint => ({
  format: 2,
  resource: "contacts",
  source,
  scope,
  position: "c",
  done: false,
  steps: 1,
  counts: { ...counts, read: records, records },
  total: 100,
  missing: [],
  recent: {},
  runs: 1,
  effort,
  workedMillis: 0,
  samples: [],
  startedAt: at,
  updatedAt: at,
  ...more
})

export const entry = (more: Partial<Entry> = {}): Entry => ({
  resource: "contacts",
  source,
  scope,
  place: "contacts.ndjson",
  records: 100,
  bytes: 1000,
  sha256: "0f",
  counts,
  total: 100,
  complete: true,
  missing: [],
  runs: 1,
  effort: { requests: 5, retries: 3, waits: 1, waitedMillis: 1500 },
  workedMillis: 3000,
  samples: [],
  startedAt: at,
  finishedAt: at,
  ...more
})
