import * as Printable from "@effect-intercom/core/Printable"
import * as Schema from "effect/Schema"

/** A file to write is one of those that an export consists of. */
export class Held extends Schema.TaggedError<Held>()("Held", { out: Schema.String }) {
  override get message(): string {
    return `--out: ${Printable.line(this.out)} belongs to the export, which the page would destroy. Name another file, such as report.html.`
  }
}
