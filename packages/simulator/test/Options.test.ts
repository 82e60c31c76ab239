/** Options that no simulator can have are refused, and named, when it is made. */
import { Resource, Tags } from "@effect-intercom/core"
import { Kind } from "@effect-intercom/simulator"
import { type Options, OptionsError, Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"

class OwnTags extends Resource.Service<OwnTags>()("Tags", { get: Tags.endpoints.list }) {}
class Badges extends Resource.Service<Badges>()("Badges", { get: Tags.endpoints.list }) {}
const own = <R extends Resource.Declared>(resource: R) =>
  // Nobody asks them.
  Kind.make(resource, { handlers: { get: () => Effect.die("asked") } as never })

const cases: ReadonlyArray<readonly [Options, option: string, description: string]> = [
  ...[-1, Number.NaN, 1.5, Number.POSITIVE_INFINITY].map(
    (contacts) => [{ contacts }, "contacts", `${contacts} records; give a whole number from 0, or the records`] as const
  ),
  [{ contacts: 1, events: -1 }, "events", "-1 records; give a whole number from 0, or the records"],
  ...["foo", "9.9", ""].map(
    (version) => [{ version }, "version", `the API has no version ${version}; give one such as 2.15`] as const
  ),
  [{ tags: [{ id: "7" }, { id: "8" }, { id: "7" }] }, "tags", "the records 0 and 2 have one id, 7; give each its own"],
  [
    {
      contacts: [
        { email: "a@example.com", role: "user" },
        { email: "a@example.com", role: "user" }
      ]
    },
    "contacts",
    "the records 0 and 1 have one email, user:a@example.com; give each its own"
  ],
  [
    { kinds: { contacts: own(Badges) } },
    "kinds",
    "contacts, of the resource Badges, is called like a kind there is; to change what that does, there is extend"
  ],
  [
    { kinds: { labels: own(OwnTags) } },
    "kinds",
    "the resource of labels is called Tags, like that of tags; give it a name of its own"
  ],
  [
    { kinds: { badges: own(Badges), medals: own(Badges) } },
    "kinds",
    "the resource of medals is called Badges, like that of badges; give it a name of its own"
  ]
]

describe("options", () => {
  it.effect.each(cases.map(([options, option, description]) => ({ options, option, description })))(
    "that cannot be: $option, $description",
    ({ description, option, options }) =>
      Effect.gen(function* () {
        const exit = yield* Effect.exit(Effect.scoped(Layer.build(Simulator.layerClient(options))))
        assert(Exit.isFailure(exit))
        assert.deepStrictEqual(Cause.squash(exit.cause), new OptionsError({ option, description }))
      })
  )

  it.effect("of one email may be a user and a lead", () =>
    Effect.gen(function* () {
      const contacts = ["user", "lead"].map((role) => ({ email: "a@example.com", role }))
      const { count } = yield* Simulator.use(({ snapshot }) => snapshot("contacts")).pipe(
        Effect.provide(Simulator.layerClient({ contacts }))
      )
      assert.strictEqual(count, 2)
    })
  )
})
