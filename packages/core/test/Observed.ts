/** Everything a program lets others see of itself: log lines at every level, and spans. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"

export interface Observed {
  /** One text per log entry, in every format Effect has. */
  readonly lines: ReadonlyArray<string>
  /** The messages alone, with their level. */
  readonly messages: ReadonlyArray<string>
  readonly spans: ReadonlyArray<Tracer.NativeSpan>
  /** What is logged and traced inside `effect` is seen here. */
  readonly watch: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

export const make = (): Observed => {
  const lines: Array<string> = []
  const messages: Array<string> = []
  const spans: Array<Tracer.NativeSpan> = []
  const logger = Logger.make((options) => {
    const { cause, logLevel, message } = options
    messages.push(`${logLevel}: ${Array.isArray(message) ? message.join(" ") : String(message)}`)
    lines.push(
      [
        Logger.formatJson.log(options),
        Logger.formatLogFmt.log(options),
        inspect(Logger.formatStructured.log(options), { depth: 10 }),
        inspect(message, { depth: 10 }),
        inspect(cause, { depth: 10 })
      ].join("\n")
    )
  })
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const layer = Layer.merge(Logger.layer([logger]), Layer.succeed(References.MinimumLogLevel, "All"))
  return {
    lines,
    messages,
    spans,
    watch: (effect) => effect.pipe(Effect.provide(layer), Effect.withTracer(tracer), Effect.withTracerEnabled(true))
  }
}

/** All that a span shows, as text: everything but what a success succeeded with, which is the program's own data. */
export const textOf = ({ attributes, events, links, name, status }: Tracer.NativeSpan): string =>
  inspect(
    {
      name,
      attributes: [...attributes],
      events,
      links,
      failure: status._tag === "Ended" && Exit.isFailure(status.exit) ? status.exit.cause : undefined
    },
    { depth: 12, maxStringLength: null }
  )
