/** Encrypts what is stored: AES-256-GCM, bound to the name of the workspace, so that no row does for another. */
import * as Aead from "effect/crypto/Aead"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { TokenKeyError } from "./TokenStoreError.ts"

/** A key, or several while one replaces another: the first encrypts, all decrypt. */
export type TokenKeys = Redacted.Redacted | ReadonlyArray<Redacted.Redacted>

/** Makes what is stored of a text, and the text again. Opening fails with what is wrong, in words. */
export interface Encryption {
  readonly seal: (workspace: string, text: string) => Effect.Effect<string>
  readonly open: (workspace: string, stored: string) => Effect.Effect<string, string>
}

const prefix = "aes256gcm:"

/** Stores texts as they are. */
export const none: Encryption = {
  seal: (_, text) => Effect.succeed(text),
  open: (_, stored) =>
    stored.startsWith(prefix) ? Effect.fail("it is encrypted, and the store was given no key.") : Effect.succeed(stored)
}

const services = Layer.provideMerge(Aead.layerWebCrypto, SecureRandom.layerWebCrypto)
const { nonceLength } = Aead.aes256Gcm
const utf8 = new TextEncoder()

const keyOf = (key: Redacted.Redacted) =>
  Effect.fromResult(Base64.decode(Redacted.value(key).trim())).pipe(
    Effect.flatMap((bytes) => Aead.key(Aead.aes256Gcm, bytes)),
    Effect.mapError(() => new TokenKeyError({ problem: "malformed" }))
  )

export const make = Effect.fnUntraced(function* (keys: TokenKeys) {
  const [first, ...others] = yield* Effect.forEach(Redacted.isRedacted(keys) ? [keys] : keys, keyOf)
  if (first === undefined) return yield* new TokenKeyError({ problem: "absent" })
  const aead = yield* Aead.Aead
  const random = yield* SecureRandom.SecureRandom

  const seal = Effect.fnUntraced(function* (workspace: string, text: string) {
    const nonce = yield* random.randomBytes(nonceLength)
    const sealed = yield* aead.encrypt(first, utf8.encode(text), { nonce, aad: utf8.encode(workspace) })
    return prefix + Base64.encode(new Uint8Array([...nonce, ...sealed]))
  }, Effect.orDie)

  const open = Effect.fnUntraced(function* (workspace: string, stored: string) {
    if (!stored.startsWith(prefix))
      return yield* Effect.fail("it is not encrypted, as this store wants it. Set it again.")
    const bytes = Result.getOrElse(Base64.decode(stored.slice(prefix.length)), () => new Uint8Array())
    const nonce = bytes.subarray(0, nonceLength)
    const options = { nonce, aad: utf8.encode(workspace) }
    return yield* Effect.firstSuccessOf(
      [first, ...others].map((key) => aead.decrypt(key, bytes.subarray(nonceLength), options))
    ).pipe(
      Effect.map((opened) => new TextDecoder().decode(opened)),
      Effect.mapError(() => "it was encrypted with another key, or for another workspace, or was changed.")
    )
  })

  return { seal, open } satisfies Encryption
}, Effect.provide(services))
