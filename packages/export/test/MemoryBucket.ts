/** A bucket in memory, which can be killed in the middle: beside a server, for what is done so often that one takes minutes. */
import { BucketFailed, Missing } from "@effect-intercom/export/ExportError"
import type { Bucket } from "@effect-intercom/export/internal/Bucket"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

export interface Store {
  readonly objects: Map<string, { readonly bytes: Uint8Array; readonly etag: string }>
  readonly uploads: Map<string, { readonly key: string; readonly parts: Map<string, Uint8Array> }>
  count: number
}

export const makeStore = (): Store => ({ objects: new Map(), uploads: new Map(), count: 0 })

export const place = "s3://memory/exports"

/** What is there, but for what only exports read, and what was begun. */
export const contents = ({ objects, uploads }: Store): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    [...objects]
      .filter(([key]) => !key.startsWith(".export/root"))
      .map(([key, { bytes }]): [string, string] => [key, Buffer.from(bytes).toString("latin1")])
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  ),
  ...Object.fromEntries([...uploads].map(([id, { key }]): [string, string] => [`upload ${id}`, key]))
})

/** `around`: what is done in place of each operation that writes, by its number. */
export const make = (
  store: Store,
  around: <A, E>(operation: Effect.Effect<A, E>, name: string) => Effect.Effect<A, E | BucketFailed> = (operation) =>
    operation
): Bucket => {
  const { objects, uploads } = store
  const next = () => String(++store.count)
  const set = (key: string, bytes: Uint8Array) => {
    const etag = `"${next()}"`
    objects.set(key, { bytes: bytes.slice(), etag })
    return etag
  }
  const writes = <A>(name: string, run: () => A) => around(Effect.sync(run), name)
  const refused = (description: string) => new BucketFailed({ bucket: place, description })
  const part = (id: string, bytes: Uint8Array) => {
    const etag = `"${next()}"`
    uploads.get(id)?.parts.set(etag, bytes.slice())
    return etag
  }
  const locate = (key: string) => `${place}/${key}`
  return {
    locate,
    get: (key) => Effect.sync(() => objects.get(key)),
    size: (key) => Effect.sync(() => objects.get(key)?.bytes.length),
    read: (key) =>
      Stream.suspend(() => {
        const found = objects.get(key)
        return found === undefined ? Stream.fail(new Missing({ path: locate(key) })) : Stream.succeed(found.bytes)
      }),
    range: (key, start, length) =>
      Effect.sync(() => objects.get(key)?.bytes.slice(start, start + length) ?? new Uint8Array()),
    put: (key, bytes) => writes("put", () => void set(key, bytes)),
    swap: (key, etag, bytes) => writes("swap", () => (objects.get(key)?.etag === etag ? set(key, bytes) : undefined)),
    list: (start) => Effect.sync(() => [...objects.keys()].filter((key) => key.startsWith(start))),
    remove: (keys) =>
      Effect.forEach(keys, (key) => writes("remove", () => void objects.delete(key)), { discard: true }),
    begin: (key) =>
      writes("begin", () => {
        const id = next()
        uploads.set(id, { key, parts: new Map() })
        return { key, id }
      }),
    upload: ({ id }, _, bytes) => writes("upload", () => part(id, bytes)),
    copy: ({ id }, _, from) => writes("copy", () => part(id, objects.get(from)?.bytes ?? new Uint8Array())),
    complete: ({ id, key }, etags) =>
      Effect.flatten(
        writes("complete", () => {
          const found = uploads.get(id)
          if (found === undefined) return Effect.fail(refused("NoSuchUpload"))
          const parts = etags.map((etag) => found.parts.get(etag) ?? new Uint8Array())
          if (parts.slice(0, -1).some(({ length }) => length < 5 * 1024 * 1024)) {
            return Effect.fail(refused("EntityTooSmall"))
          }
          uploads.delete(id)
          set(key, Buffer.concat(parts))
          return Effect.void
        })
      ),
    abort: ({ id }) => writes("abort", () => void uploads.delete(id)),
    uploads: Effect.sync(() => [...uploads].map(([id, { key }]) => ({ id, key })))
  }
}
