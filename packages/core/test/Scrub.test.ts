/** Texts from outside, as they are kept and as they are shown. */
import * as E from "@effect-intercom/core/IntercomError"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import * as Scripted from "./Scripted.ts"

const get = Contacts.use(({ get }) => get(ContactId.make("1")))

/** What a call says of an answer, when it has this token. */
const errorOf = (answer: Scripted.Answer, token = Scripted.token) =>
  Effect.flip(
    Effect.provide(
      get,
      Scripted.make([answer]).layer(Contacts.layer, { accessToken: Redacted.make(token), retry: { times: 0 } })
    )
  )

/** What a client takes out of texts that has this token. */
const scrubber = (token: string) =>
  Effect.runSync(
    IntercomHttp.useSync(({ scrub }) => scrub).pipe(
      Effect.provide(Scripted.make([]).intercom({ accessToken: Redacted.make(token) }))
    )
  )

describe("a secret", () => {
  it.effect("of any length is taken out, whatever signs it has", () =>
    Effect.gen(function* () {
      for (const token of ["t0k3n".repeat(800), "([{*+?.^$|\\/-})]".repeat(250), "%41%42&#x43;\\u0044"]) {
        for (const echo of [token, encodeURIComponent(token), JSON.stringify(token)]) {
          const { message, reason } = yield* errorOf(Scripted.text(`it is ${echo}.`, 500), token)
          assert(reason._tag === "ServerError")
          assert.match(reason.body ?? "", /^it is "?<redacted>"?\.$/)
          assert.notInclude(message, token.slice(0, 10))
        }
      }
    })
  )

  const token = fc.string({
    unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
    minLength: 12,
    maxLength: 60
  })
  const forms: ReadonlyArray<(character: string, hex: string) => string> = [
    (character) => character,
    (_, hex) => `%${hex}`,
    (_, hex) => `%${hex.toUpperCase()}`,
    (_, hex) => String.raw`\u00${hex}`,
    (_, hex) => String.raw`\\x${hex}`,
    (_, hex) => `&#x0${hex};`,
    (character) => `&#${character.charCodeAt(0)};`,
    (character) => `\\${character}`
  ]

  it("is taken out in every mix of its spellings, and nothing else is", () => {
    fc.assert(
      fc.property(token, fc.array(fc.nat(), { minLength: 1 }), (secret, picks) => {
        const echo = Array.from(secret, (character, index) => {
          const form = forms[(picks[index % picks.length] ?? 0) % forms.length]
          return form?.(character, character.charCodeAt(0).toString(16))
        }).join("")
        assert.strictEqual(scrubber(secret)(`\u20ac ${echo} \u20ac`), "\u20ac <redacted> \u20ac")
      }),
      { seed: 19, numRuns: 500 }
    )
  })

  it("leaves no half of itself where a text is cut, by us or by others", () => {
    fc.assert(
      fc.property(token, fc.nat(40), fc.nat(80), fc.nat(80), (secret, before, length, cut) => {
        // A text of which no part is the secret's.
        const text = `${"\u20ac".repeat(before)}${secret.repeat(3)}`
        const shown = scrubber(secret)(text.slice(0, text.length - (cut % (secret.length - 1))), length)
        const kept = shown.replace(/… \(\d+ characters in all\)$/, "").replaceAll(/<redacted>/g, "")
        // What tells little may be left at the end: fewer characters than tell of it.
        assert.isBelow(kept.replaceAll(/\u20ac|<r?e?d?a?c?t?e?d?$/g, "").length, 9)
      }),
      { seed: 19, numRuns: 500 }
    )
  })
})

describe("what is shown of a text from outside", () => {
  const evil = "\u001b[2J\u0007\u202e\u2066\u200f\u009b\r\n::error::x\u2028\ud800\ufeff\u007f\u0000"
  const escaped = "\\u001b[2J\\u0007\\u202e\\u2066\\u200f\\u009b\\r\\n::error::x\\u2028\\ud800\\ufeff\\u007f\\u0000"
  const unprintable = /[^\P{C}]/u

  it.effect("has no control characters, nor new lines", () =>
    Effect.gen(function* () {
      const problem = { code: evil, message: evil, field: evil }
      for (const answer of [
        Scripted.errorList(400, problem, {}, evil),
        Scripted.errorList(403, problem),
        Scripted.errorList(418, problem),
        Scripted.json({ type: "contact", id: 5, name: [evil] }),
        Scripted.fails(Object.assign(new Error(evil), { code: evil }))
      ]) {
        const error = yield* errorOf(answer)
        assert.notMatch(error.message, unprintable)
        assert.notMatch(error.reason.message, unprintable)
      }
      const { reason } = yield* errorOf(Scripted.errorList(400, problem))
      assert(reason._tag === "BadRequest")
      // What came is kept as it came.
      assert.deepStrictEqual(reason.errors, [problem])
      assert.include(reason.message, `${escaped} (field ${escaped}): ${escaped}`)
    })
  )

  it("whatever reason shows it", () => {
    const mismatches = [{ path: evil, expected: evil, actual: evil }]
    for (const reason of [
      new E.PaginationError({ description: evil, cursor: evil }),
      new E.EncodeError({ mismatches }),
      new E.DecodeError({ status: 200, requestId: evil, kind: "invalid", mismatches, body: evil }),
      new E.TransportError({ sent: true, code: evil, description: evil }),
      new E.Conflict({ status: 409, errors: [], existingId: evil })
    ]) {
      assert.notMatch(reason.message, unprintable)
      assert.include(reason.message, escaped)
    }
  })

  it("is text of any language otherwise", () => {
    const text = "Zoë \u{1f44b} 你好 مرحبا \u00a0–"
    assert.strictEqual(new E.PaginationError({ description: text }).message, `${text}.`)
  })
})
