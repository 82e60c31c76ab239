import type { Overview } from "@effect-intercom/export/Overview"
import * as Report from "@effect-intercom/export/Report"
import { assert, describe, it } from "@effect/vitest"
import { checkpoint, entry, flawed, overview, scope, shared } from "./ReportFixture.ts"

const heading = (overview: Overview) => /<h1>(.*?)<\/h1>/s.exec(Report.render(overview))?.[1]
const text = (html: string) =>
  html
    .replaceAll(/<style>.*?<\/style>/gs, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")

describe("the report", () => {
  it("says in a line how it stands", () => {
    assert.strictEqual(heading(overview({ contacts: entry() })), "5,000 records, complete")
    assert.strictEqual(
      heading(overview({ contacts: entry({ counts: { ...shared.counts, records: 4998, quarantined: 2 } }) })),
      "4,998 records, complete but for 2 quarantined"
    )
    assert.strictEqual(
      heading(overview({ contacts: entry({ complete: false, total: 5003 }) })),
      "5,000 records, complete but for 3 missing"
    )
    assert.strictEqual(heading(overview({ contacts: entry() }, [checkpoint])), "conversations is unfinished")
    assert.strictEqual(
      heading({ ...overview({ contacts: entry() }, [checkpoint]), damaged: new Set(["contacts.ndjson"]) }),
      "contacts is damaged, conversations is unfinished"
    )
    assert.strictEqual(
      heading({ name: "x", manifest: undefined, state: undefined, unfinished: [] }),
      "Nothing is exported here"
    )
  })

  it("has counts, effort and digest of each output", () => {
    const page = text(Report.render(overview({ contacts: entry() })))
    for (const part of [
      "ndjson:dump , workspace w1 at https://api.eu.intercom.io/, API version 2.15",
      "40 requests, 2 of them sent again; they waited 4.2 s",
      "2026-11-27 08:00:00 UTC",
      "5,000 5,000 0 0 9.4 MB 20 s 40 2 4.2 s, 3 times",
      "ab".repeat(32)
    ]) {
      assert.include(page, part)
    }
  })

  it("draws throughput, waits and repetitions", () => {
    const page = Report.render(overview({ contacts: entry() }))
    assert.include(page, 'aria-label="contacts: 250 records a second on average, 400 at most, over 20 s"')
    // 1,000 in five seconds is half of the peak: half of the way up.
    assert.match(page, /class="line" d="M0 68L150 68L150 16L300 16L300 68L600 68"/)
    assert.strictEqual(page.match(/<rect\s+class="wait"/g)?.length, 2)
    assert.strictEqual(page.match(/<rect class="retry"/g)?.length, 1)
    assert.notInclude(page, "between two runs")
    assert.include(Report.render(overview({ contacts: entry({ runs: 2 }) })), "The time between two runs is left out")
    const closely = shared.samples.flatMap((sample) => [
      sample,
      { ...sample, seconds: sample.seconds + 0.01, records: sample.records + 10 }
    ])
    const burst = Report.render(overview({ contacts: entry({ samples: closely }) }))
    assert.match(burst, /contacts: 250 records a second on average, 40\d at most/)

    const short = shared.samples.map((sample) => ({ ...sample, seconds: sample.seconds / 100 }))
    for (const samples of [[], shared.samples.slice(0, 1), short]) {
      assert.notInclude(Report.render(overview({ contacts: entry({ samples }) })), "<svg")
    }
    assert.notMatch(page, /NaN|Infinity|undefined/)
  })

  it("lists what is quarantined by reason, and what is missing", () => {
    const page = text(Report.render(flawed))
    assert.match(page, /contacts name: expected string 3 contacts owner_id: expected number 1/)
    assert.include(page, "c9 was listed, and gone when it was asked for")
    assert.include(page, "c7 500 of 700 parts")
    assert.include(page, "8 more are not named: the API counts 5,010, and gave 5,000")
  })

  it("escapes every text, asks for nothing, and runs nothing", () => {
    const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&\u202e`
    const hostile = entry({
      resource: evil,
      place: evil,
      sha256: evil,
      finishedAt: evil,
      source: { baseUrl: evil, version: evil, workspace: evil },
      counts: { ...shared.counts, quarantined: 1, missing: 1, reasons: { [evil]: 1 } },
      missing: [{ id: evil, what: "record", expected: 1, found: 0 }]
    })
    const page = Report.render({ ...overview({ [evil]: hostile }), name: evil })
    assert.notMatch(page, /<script|<img|onerror=(?!alert\(1\)&gt;)|\u202e/)
    assert.notMatch(page, /(src|href)="(?!data:)/)
    assert.include(page, "default-src 'none'")
    assert.isAbove(page.split("&lt;script&gt;").length, 8)
  })

  it("is not stopped by a moment that is none", () => {
    const page = Report.render(overview({ contacts: entry({ scope: { ...scope, since: 1e15 } }) }))
    assert.include(page, "what changed after")
  })
})
