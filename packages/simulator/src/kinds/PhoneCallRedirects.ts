/** Redirects of phone calls. Nobody is sent anything. */
import { PhoneCallRedirects } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"

export const phoneCallRedirects = Kind.make(PhoneCallRedirects, {
  handlers: {
    create: ({ payload: { phone } }) =>
      /^\+?\d{6,15}$/.test(phone)
        ? Effect.succeed(Listing.value({ type: "phone_call_redirect", phone }))
        : ErrorList.respond(422, { code: "invalid_phone_number", message: "Invalid phone number", field: "phone" })
  }
})
