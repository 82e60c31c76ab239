import { EncodeError, IntercomError, ServerError } from "@effect-intercom/core/IntercomError"
import { ExportError, RequestFailed } from "@effect-intercom/export/ExportError"
import { assert, it } from "@effect/vitest"

const failed = (reason: IntercomError["reason"]) =>
  new ExportError({
    resource: "contacts",
    reason: new RequestFailed({ error: new IntercomError({ operation: "x", method: "GET", path: "/x", reason }) })
  })

it("what the API's rules forbid is not mended by the same export again", () => {
  assert.isFalse(failed(new EncodeError({ mismatches: [] })).resumable)
  assert.isTrue(failed(new ServerError({ status: 500, errors: [] })).resumable)
})
