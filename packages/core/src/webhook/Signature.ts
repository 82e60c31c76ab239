/** Who sent it: signatures over the bytes of a body, as Intercom makes them. */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** How a kind of request is signed. */
export interface Scheme {
  /** The header of the signature. */
  readonly header: string
  readonly algorithm: Mac.Algorithm
  /** What stands before the digits. */
  readonly prefix: string
  /** How many hexadecimal digits a signature has. */
  readonly digits: number
  /** Which secret it is made with, in words. */
  readonly secret: string
}

const clientSecret = "the client secret of the app (Developer Hub, Basic information)"

/** Of notifications: HMAC-SHA1 with the client secret of the app, one for all workspaces that installed it. */
export const hubSignature: Scheme = {
  header: "x-hub-signature",
  algorithm: Mac.hmacSha1,
  prefix: "sha1=",
  digits: 40,
  secret: clientSecret
}

/** Of what Canvas Kit sends, and of calls when an app is uninstalled or its health is asked for: HMAC-SHA256. */
export const bodySignature: Scheme = {
  header: "x-body-signature",
  algorithm: Mac.hmacSha256,
  prefix: "",
  digits: 64,
  secret: clientSecret
}

/** Of events of the Fin Agent API: HMAC-SHA256, with a secret of its own. */
export const finSignature: Scheme = {
  header: "x-fin-agent-api-webhook-signature",
  algorithm: Mac.hmacSha256,
  prefix: "",
  digits: 64,
  secret: "the secret that was shown when the callback URL of the Fin Agent API was saved"
}

/** No secret at all, or one that cannot be right: an endpoint that took it would be open to everybody, or to nobody. */
export class SecretError extends Schema.TaggedError<SecretError>()("SecretError", {
  /** `absent`: none was given. `empty`: one is. `spaced`: one has spaces or line breaks around it. */
  problem: Schema.Literals(["absent", "empty", "spaced"]),
  /** Which secret is wanted, in words. */
  secret: Schema.String
}) {
  override get message(): string {
    const problem = {
      absent: "There is no secret to check signatures with",
      empty: "A secret to check signatures with is empty",
      spaced: "A secret to check signatures with has spaces or line breaks around it"
    }[this.problem]
    return `${problem}. Give ${this.secret}.`
  }
}

/** The request does not come from Intercom, as far as can be told: answer 401, and do nothing of what it says. */
export class SignatureError extends Schema.TaggedError<SignatureError>()("SignatureError", {
  /** The header in question. */
  header: Schema.String,
  /** `missing`: there is none. `malformed`: it is no signature. `wrong`: it is not that of these bytes. */
  problem: Schema.Literals(["missing", "malformed", "wrong"]),
  /** How a signature looks. */
  expected: Schema.String,
  /** Which secret it is made with, in words. */
  secret: Schema.String
}) {
  override get message(): string {
    switch (this.problem) {
      case "missing":
        return `The request has no ${this.header}: it does not come from Intercom, or a proxy took the header away.`
      case "malformed":
        return `The ${this.header} of the request is no signature: expected ${this.expected}.`
      case "wrong":
        return (
          `The ${this.header} of the request is not that of its body. If Intercom sent it, check that the secret is ` +
          `${this.secret}, and that the body is the bytes as they came: parsed and printed again, they differ.`
        )
    }
  }
}

/** Checks signatures, and makes them. */
export interface Signatures {
  readonly scheme: Scheme
  /** The bytes of a header that has the form of a signature: what can be told before the body is read. */
  readonly parse: (signature: string | undefined) => Effect.Effect<Uint8Array, SignatureError>
  /**
   * Succeeds when the signature is that of these bytes with one of the secrets. All are tried, and each comparison takes
   * as long as any other.
   */
  readonly verify: (body: Uint8Array, signature: string | undefined) => Effect.Effect<void, SignatureError>
  /** The header for a body, by the first secret: for tests, and for what sends on. */
  readonly sign: (body: Uint8Array) => Effect.Effect<string>
}

/** A secret, or several while one replaces another. */
export type Secrets = Redacted.Redacted | ReadonlyArray<Redacted.Redacted>

const webCrypto = Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto)

const keysOf = Effect.fnUntraced(function* ({ algorithm, secret }: Scheme, secrets: Secrets) {
  const given = Redacted.isRedacted(secrets) ? [secrets] : secrets
  const keys = yield* Effect.forEach(given, (redacted) => {
    const value = Redacted.value(redacted)
    if (value.trim() === "") return Effect.fail(new SecretError({ problem: "empty", secret }))
    if (value.trim() !== value) return Effect.fail(new SecretError({ problem: "spaced", secret }))
    // It is not empty.
    return Effect.orDie(Mac.key(algorithm, new TextEncoder().encode(value)))
  })
  const [first] = keys
  return first === undefined ? yield* new SecretError({ problem: "absent", secret }) : { first, keys }
})

/** The bytes of a header that has the form of a signature. */
const tagOf = ({ digits, prefix }: Scheme, header: string): Uint8Array | undefined => {
  const hex = header.slice(prefix.length)
  const isSignature = header.toLowerCase().startsWith(prefix) && hex.length === digits
  return isSignature ? Result.getOrUndefined(Hex.decode(hex)) : undefined
}

/**
 * Signatures of a kind with these secrets: by a `Mac` of Effect, where one is provided, as `NodeCrypto.layerMac` is, and by
 * WebCrypto elsewhere.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-intercom/core"
 * import { Effect, Redacted } from "effect"
 *
 * const uninstalled = Effect.fn(function* (body: Uint8Array, header: string | undefined) {
 *   const signatures = yield* Webhook.signatures(Webhook.bodySignature, Redacted.make("…"))
 *   yield* signatures.verify(body, header)
 * })
 * ```
 */
export const signatures = Effect.fnUntraced(function* (
  scheme: Scheme,
  secrets: Secrets
): Effect.fn.Return<Signatures, SecretError> {
  const provided = yield* Effect.serviceOption(Mac.Mac)
  const mac = Option.isSome(provided) ? provided.value : yield* Effect.provide(Mac.Mac, webCrypto)
  const { first, keys } = yield* keysOf(scheme, secrets)
  const refused = (problem: SignatureError["problem"]) =>
    new SignatureError({
      header: scheme.header,
      problem,
      expected: `${scheme.prefix === "" ? "" : `"${scheme.prefix}" and `}${scheme.digits} hexadecimal digits`,
      secret: scheme.secret
    })
  const parse = (signature: string | undefined) => {
    if (signature === undefined) return Effect.fail(refused("missing"))
    const tag = tagOf(scheme, signature)
    return tag === undefined ? Effect.fail(refused("malformed")) : Effect.succeed(tag)
  }
  return {
    scheme,
    parse,
    verify: Effect.fnUntraced(function* (body, signature) {
      const tag = yield* parse(signature)
      const checked = yield* Effect.forEach(keys, (key) => Effect.orDie(mac.verify(key, tag, body)))
      if (!checked.includes(true)) return yield* refused("wrong")
    }),
    sign: (body) => Effect.map(Effect.orDie(mac.sign(first, body)), (tag) => `${scheme.prefix}${Hex.encode(tag)}`)
  }
})

/** The signatures of notifications, which {@link layer} makes of the app's client secret. */
export class Verifier extends Context.Service<Verifier, Signatures>()("@effect-intercom/core/Webhook/Verifier") {}

/** Checks notifications with the client secret of the app; with several, while one replaces another. */
export const layer = (options: { readonly clientSecret: Secrets }): Layer.Layer<Verifier, SecretError> =>
  Layer.effect(Verifier, signatures(hubSignature, options.clientSecret))

/** The client secret from `INTERCOM_CLIENT_SECRET`; several are separated by commas. */
export const layerEnv: Layer.Layer<Verifier, SecretError | Config.ConfigError> = Layer.fresh(
  Layer.unwrap(
    Effect.map(Config.schema(Schema.Redacted(Schema.String), "INTERCOM_CLIENT_SECRET"), (value) =>
      layer({
        clientSecret: Redacted.value(value)
          .split(",")
          .map((secret) => Redacted.make(secret.trim()))
      })
    )
  )
)
