/** The addresses the workspace can be used from: anywhere, to begin with. */
import { IpAllowlist } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import type { Collection, Row } from "../internal/Collection.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"

/** A list is no record: what there is is one that was changed, or none. */
const listIn = (collection: Collection): Row =>
  collection.size() > 0 ? collection.at(0) : { id: "", type: "ip_allowlist", enabled: false, ip_allowlist: [] }

const shown = ({ enabled, ip_allowlist, type }: Row) => Listing.value({ type, enabled, ip_allowlist })

// Addresses of either kind, and ranges of them.
const isAddress = (text: string) => /^(\d{1,3}(\.\d{1,3}){3}|[\da-fA-F:]*:[\da-fA-F:.]+)(\/\d{1,3})?$/.test(text)

const refuse = (message: string) =>
  ErrorList.respond(422, { code: "parameter_invalid", message, field: "ip_allowlist" })

export const ipAllowlist = Kind.make(IpAllowlist, {
  handlers: {
    get: (_, { collection }) => Effect.succeed(shown(listIn(collection))),
    update: ({ payload }, { collection }) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        const current = listIn(collection)
        const list = { ...current, ...Crud.present(payload) }
        const { enabled = current["enabled"], ip_allowlist = current["ip_allowlist"] } = payload
        const wrong = payload.ip_allowlist?.find((address) => !isAddress(address))
        if (wrong !== undefined) return refuse(`${wrong} is not an IP address or a range of them`)
        if (enabled === true && Array.isArray(ip_allowlist) && ip_allowlist.length === 0) {
          return refuse("The IP allowlist must include your current IP address")
        }
        if (collection.size() > 0) collection.replace(list, at)
        else collection.add({ ...list, id: collection.nextId(now) }, at)
        return Effect.succeed(shown(list))
      })
  }
})
