/** Streams that are read side by side and given one after the other, in the order they began. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"

export interface Options {
  /** Streams read at once. */
  readonly streams: number
  /** Elements of one that are read before its turn comes, at the most. */
  readonly ahead: number
}

/** A stream that is read, and what may be read of it before its turn. */
interface Reading<B, E> {
  readonly elements: Queue.Queue<B, E | Cause.Done>
  readonly room: Semaphore.Semaphore
}

/**
 * What each element becomes, in the order of the elements. The nearer the turn of a stream, the more is read of it: with each
 * that ends, the others get as much nearer to all they may have as there are streams before it. So each is read to its
 * end when its turn comes, however long an element takes, and half of what all of them might hold is held.
 */
export const inOrder = <A, B, E, R>(
  self: Stream.Stream<A, E, R>,
  read: (element: A) => Stream.Stream<B, E, R>,
  { ahead, streams }: Options
): Stream.Stream<B, E, R> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const scope = yield* Effect.scope
      const opened = yield* Queue.unbounded<Reading<B, E>, E | Cause.Done>()
      const places = yield* Semaphore.make(streams)
      // In the order of their turns.
      const readings: Array<Reading<B, E>> = []

      // An element takes as much room as there are streams, and each turn gives room for as many elements: no fractions.
      const begin = Effect.fnUntraced(function* (element: A) {
        const elements = yield* Queue.bounded<B, E | Cause.Done>(ahead)
        const room = yield* Semaphore.make(ahead * (streams - readings.length))
        const reading = { elements, room }
        if (readings.push(reading) === 1) yield* room.release(whole)
        yield* Stream.tap(read(element), () => room.take(streams)).pipe(
          Stream.runIntoQueue(elements),
          Effect.forkIn(scope)
        )
        yield* Queue.offer(opened, reading)
        yield* places.take(1)
      })

      const turn = Effect.suspend(() => {
        readings.shift()
        return Effect.andThen(
          Effect.forEach(readings, ({ room }, index) => room.release(index === 0 ? whole : ahead), { discard: true }),
          places.release(1)
        )
      })

      yield* places.take(1)
      yield* Stream.runForEach(self, begin).pipe(Queue.into(opened), Effect.forkIn(scope))
      return Stream.flatMap(Stream.fromQueue(opened), ({ elements }) => Stream.onEnd(Stream.fromQueue(elements), turn))
    })
  )

/** Room for all there is. */
const whole = Number.MAX_SAFE_INTEGER / 4
