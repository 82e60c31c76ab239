import { EncodeError, IntercomError, ServerError } from "@effect-intercom/core/IntercomError"
import { ExportError, fromPlatform, RequestFailed } from "@effect-intercom/export/ExportError"
import { assert, it } from "@effect/vitest"
import * as PlatformError from "effect/PlatformError"

const failed = (reason: IntercomError["reason"]) =>
  new ExportError({
    resource: "contacts",
    reason: new RequestFailed({ error: new IntercomError({ operation: "x", method: "GET", path: "/x", reason }) })
  })

it("what the API's rules forbid is not mended by the same export again", () => {
  assert.isFalse(failed(new EncodeError({ mismatches: [] })).resumable)
  assert.isTrue(failed(new ServerError({ status: 500, errors: [] })).resumable)
})

it("what the system has against it is said in its words, and a descriptor never", () => {
  const from = (method: string, code: string, words: string) =>
    fromPlatform(
      "out/contacts.ndjson.part",
      PlatformError.systemError({
        _tag: "Unknown",
        module: "FileSystem",
        method,
        pathOrDescriptor: 22,
        cause: Object.assign(new Error(`${code}: ${words}, fsync`), { code })
      })
    ).message
  assert.strictEqual(from("sync", "EIO", "i/o error"), "out/contacts.ndjson.part: i/o error (EIO)")
  assert.strictEqual(from("sync", "EINVAL", "invalid argument"), "out/contacts.ndjson.part: invalid argument (EINVAL)")
  assert.strictEqual(
    from("open", "EROFS", "read-only file system"),
    "out/contacts.ndjson.part cannot be written (read-only file system (EROFS)). Choose another place, or correct its permissions."
  )
  // To read is not to write.
  assert.strictEqual(
    from("readFile", "EACCES", "permission denied"),
    "out/contacts.ndjson.part cannot be read (permission denied (EACCES)). Correct its permissions, or choose another place."
  )
  assert.strictEqual(
    from("readFile", "ENOTDIR", "not a directory"),
    "out is not a directory. Move it away, or choose another place."
  )
  assert.strictEqual(
    from("writeAll", "ENOSPC", "no space left on device"),
    "The disk is full: out/contacts.ndjson.part could not be written. Make room first."
  )
  const unknown = PlatformError.systemError({
    _tag: "NotFound",
    module: "FileSystem",
    method: "sync",
    pathOrDescriptor: 22
  })
  assert.strictEqual(fromPlatform("out", unknown).message, "out: no such file or directory")
})
