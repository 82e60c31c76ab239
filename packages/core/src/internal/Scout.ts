import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Ref from "effect/Ref"

// A slow first answer must not cost more than what it tells is worth.
const longest = Duration.seconds(2)

/**
 * Until an answer has told the limit, one request goes alone, and the others wait for it, two seconds at most: a crowd
 * that starts at once would run into a limit below the first guess.
 */
export const make = Effect.gen(function* () {
  const told = yield* Latch.make()
  const sent = yield* Ref.make(false)
  const wait = Effect.timeoutOption(told.await, longest)
  return <A, E, R>(answer: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      if (Latch.isOpen(told)) return answer
      return Effect.flatMap(Ref.getAndSet(sent, true), (another) =>
        another ? Effect.andThen(wait, answer) : Effect.ensuring(answer, told.open)
      )
    })
})
