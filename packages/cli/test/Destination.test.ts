import * as Destination from "@effect-intercom/cli/Destination"
import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

describe("--to", () => {
  const good: ReadonlyArray<readonly [string, Destination.Destination]> = [
    ["-", { kind: "stdout" }],
    ["ndjson:out/x", { kind: "ndjson", directory: "out/x", compression: undefined }],
    ["NDJSON:C:\\out", { kind: "ndjson", directory: "C:\\out", compression: undefined }],
    ["ndjson.gz:.", { kind: "ndjson", directory: ".", compression: "gzip" }],
    ["ndjson.zst:out", { kind: "ndjson", directory: "out", compression: "zstd" }],
    ["csv:out", { kind: "csv", directory: "out", compression: undefined }],
    ["csv.gz:out", { kind: "csv", directory: "out", compression: "gzip" }],
    ["parquet:out", { kind: "parquet", directory: "out" }],
    ["sqlite:a b.db", { kind: "sqlite", file: "a b.db" }],
    ["duckdb:out/x", { kind: "duckdb", file: "out/x" }],
    ["a b.duckdb", { kind: "duckdb", file: "a b.duckdb" }],
    ["postgres:", { kind: "postgres", url: undefined }],
    ["s3://acme", { kind: "s3", bucket: "acme", prefix: "", format: "ndjson", compression: undefined }],
    ["s3://acme/a b/c/", { kind: "s3", bucket: "acme", prefix: "a b/c", format: "ndjson", compression: undefined }],
    ["ndjson:s3://acme/x", { kind: "s3", bucket: "acme", prefix: "x", format: "ndjson", compression: undefined }],
    ["ndjson.zst:S3://acme/x", { kind: "s3", bucket: "acme", prefix: "x", format: "ndjson", compression: "zstd" }],
    ["csv.gz:s3://acme/x", { kind: "s3", bucket: "acme", prefix: "x", format: "csv", compression: "gzip" }],
    ["Parquet:s3://acme/x", { kind: "s3", bucket: "acme", prefix: "x", format: "parquet" }]
  ]
  for (const [text, expected] of good) {
    it(`is ${text}`, () => assert.deepStrictEqual(Destination.parse(text), Result.succeed(expected)))
  }

  for (const prefix of ["postgres:", "postgresql:", ""]) {
    it(`${prefix}URL, which is no text any more`, () => {
      const url = "postgres://ada:h%40rd@db.example.test/crm"
      const result = Destination.parse(`${prefix}${url}`)
      const destination = Result.getOrThrow(result)
      assert.strictEqual(destination.kind, "postgres")
      if (destination.kind !== "postgres" || destination.url === undefined) return assert.fail()
      assert.strictEqual(Redacted.value(destination.url), url)
      assert.notInclude(JSON.stringify(result) + String(destination.url), "h%40rd")
      assert.isTrue(Destination.showsPassword(destination))
    })
  }

  it("an address without a password shows none", () => {
    const shows = (text: string) => Destination.showsPassword(Result.getOrThrow(Destination.parse(text)))
    assert.isFalse(shows("postgres://ada@db.example.test/crm"))
    assert.isFalse(shows("postgres:"))
    assert.isFalse(shows("sqlite:x"))
  })

  const bad: ReadonlyArray<readonly [string, RegExp]> = [
    ["", /names no format, such as ndjson:DIR/],
    ["dump", /names no format, such as ndjson:dump/],
    [":dump", /names no format/],
    ["jsonl:dump", /"jsonl" is not a format/],
    ["ndjson:", /^The directory is missing/],
    ["sqlite:", /^The file is missing/],
    ["duckdb:", /^The file is missing/],
    ["postgres:crm", /starts with postgres:\/\//],
    ["s3:acme", /^The address of a bucket is s3:\/\/BUCKET\/PREFIX\.$/],
    ["s3:///x", /^The address of a bucket is/],
    ["s3://id:key@acme/x", /^Credentials come from AWS_ACCESS_KEY_ID/],
    ["csv:s3:acme", /^The address of a bucket is s3:\/\/BUCKET\/PREFIX\.$/],
    ["parquet:s3://id:key@acme/x", /^Credentials come from AWS_ACCESS_KEY_ID/]
  ]
  for (const [text, expected] of bad) {
    it(`not ${text === "" ? "nothing" : text}`, () => {
      const result = Destination.parse(text)
      assert.isTrue(Result.isFailure(result))
      if (Result.isFailure(result)) assert.match(result.failure, expected)
    })
  }
})
