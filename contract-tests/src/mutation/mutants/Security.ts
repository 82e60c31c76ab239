/** Changes of security and servers, and of what a document is about. */
import type * as JsonPatch from "effect/JsonPatch"
import * as Document from "../../document/Document.ts"
import * as JsonNode from "../../schema/JsonNode.ts"
import { type Expected, type Json, type Mutant, add, below, remove, replace } from "./Mutant.ts"
import { bare } from "./Operations.ts"

export const security = ({ operations, root }: Document.Document): ReadonlyArray<Mutant> => {
  const declared = JsonNode.child(root, "security")
  const schemes = JsonNode.record(JsonNode.follow(root, "components", "securitySchemes") ?? JsonNode.make({}))
  const [scheme] = Object.keys(schemes)
  if (scheme === undefined) return []
  const at = below("/components/securitySchemes", scheme)
  const of = (operator: string, pointer: string, expected: Expected, patch: JsonPatch.JsonPatch): Mutant => ({
    kind: "security",
    operator,
    pointer,
    description: operator.replaceAll("-", " "),
    expected,
    patch
  })
  const apiKey = { type: "apiKey", in: "header", name: "X-Api-Key" }
  const withKey = add("/components/securitySchemes/brandNew", apiKey)
  const whole =
    declared === undefined
      ? []
      : [
          of("security-removed", "/security", "drift", [remove("/security")]),
          of("security-emptied", "/security", "drift", [replace("/security", [])]),
          of("security-optional", "/security", "drift", [replace("/security", [{ [scheme]: [] }, {}])]),
          of("security-other", "/security", "breaking", [withKey, replace("/security", [{ brandNew: [] }])]),
          of("security-both", "/security", "breaking", [
            withKey,
            replace("/security", [{ [scheme]: [], brandNew: [] }])
          ]),
          of("security-either", "/security", "drift", [
            withKey,
            replace("/security", [{ [scheme]: [] }, { brandNew: [] }])
          ]),
          of("security-unknown", "/security", "breaking", [replace("/security", [{ nowhere: [] }])])
        ]
  return [
    ...whole,
    of("scheme-to-api-key", at, "breaking", [replace(at, apiKey)]),
    of("scheme-to-query-key", at, "breaking", [replace(at, { type: "apiKey", in: "query", name: "token" })]),
    of("scheme-to-basic", at, "breaking", [replace(at, { type: "http", scheme: "basic" })]),
    of("scheme-removed", at, "breaking", [remove(at)]),
    ...operations.flatMap(({ name, node }) => {
      const place = below(node.pointer, "security")
      return [
        { ...of("operation-security-none", place, "drift", [add(place, [])]), operations: [name] },
        {
          ...of("operation-security-optional", place, "drift", [add(place, [{}, { [scheme]: [] }])]),
          operations: [name]
        },
        {
          ...of("operation-security-scoped", place, "changed", [add(place, [{ [scheme]: ["write"] }])]),
          operations: [name]
        },
        {
          ...of("operation-security-other", place, "breaking", [withKey, add(place, [{ brandNew: [] }])]),
          operations: [name]
        }
      ]
    })
  ]
}

export const servers = ({ operations, root }: Document.Document): ReadonlyArray<Mutant> => {
  const all = JsonNode.child(root, "servers")
  const list = Array.isArray(all?.value) ? all.value : []
  const of = (operator: string, pointer: string, expected: Expected, patch: JsonPatch.JsonPatch): Mutant => ({
    kind: "server",
    operator,
    pointer,
    description: operator.replaceAll("-", " "),
    expected,
    patch
  })
  const moved = [{ url: "https://api.example.com" }]
  return [
    ...list.flatMap((server, index): ReadonlyArray<Mutant> => {
      const at = below("/servers", index)
      const url = JsonNode.isRecord(server) ? String(server["url"]) : ""
      const become = (operator: string, to: string) => of(operator, at, "drift", [replace(below(at, "url"), to)])
      return [
        of("server-removed", at, "drift", [remove(at)]),
        become("server-renamed", url.replace("intercom", "intercom-x")),
        become("server-path-added", `${url}/v2`),
        become("server-plain", url.replace("https:", "http:"))
      ]
    }),
    ...(list.length === 0
      ? []
      : [
          of("servers-removed", "/servers", "drift", [remove("/servers")]),
          of("servers-replaced", "/servers", "breaking", [replace("/servers", moved)]),
          of("server-added", "/servers", "drift", [add("/servers/-", moved[0] ?? {})])
        ]),
    ...operations.map(({ name, node }) => ({
      ...of("operation-server", below(node.pointer, "servers"), "breaking", [
        add(below(node.pointer, "servers"), moved)
      ]),
      operations: [name]
    })),
    ...[...new Set(operations.map(({ path }) => path))].map((path) => {
      const at = below("/paths", path, "servers")
      return of("path-server", at, "breaking", [add(at, moved)])
    })
  ]
}

/** What a document is about, and what the API does by itself. */
export const whole = (): ReadonlyArray<Mutant> => {
  const of = (operator: string, pointer: string, value: Json): Mutant => ({
    kind: "document",
    operator,
    pointer,
    description: operator.replaceAll("-", " "),
    expected: "drift",
    patch: [add(pointer, value)],
    operations: []
  })
  return [of("webhook-added", "/webhooks", { brandNew: { post: bare } }), of("version-changed", "/info/version", "1.4")]
}
