/** The resources a command line names. */
import * as Resource from "@effect-intercom/export/Resource"
import * as Argument from "effect/cli/Argument"

/** The names as they are written: those of today, and former ones, which are understood and not told to anyone. */
export const argument = (description: string) =>
  Argument.Literals("resource", [...Resource.everything, ...Resource.renamed.keys()]).pipe(
    Argument.withDescription(`${description}: ${Resource.everything.join(", ")}`),
    Argument.variadic()
  )

/** The same, and the names of what was deleted of resources. */
export const orDeleted = (description: string) =>
  Argument.Literals("resource", [
    ...Resource.everything,
    ...Object.keys(Resource.deleted),
    ...Resource.renamed.keys()
  ]).pipe(Argument.withDescription(`${description}: ${Resource.everything.join(", ")}`), Argument.variadic())

/** The name of today. */
export const today = (name: string): Resource.ResourceName =>
  // The command line takes names of today, and those that were renamed.
  Resource.current(name) as Resource.ResourceName
