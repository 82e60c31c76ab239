/** Which workspaces there are, and where their tokens come from. */
import { TokenStore, type TokenStoreError } from "@effect-intercom/core/TokenStore"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Fleet } from "@effect-intercom/fleet/Fleet"
import { fromPlatform } from "@effect-intercom/export/ExportError"

/** Nobody says which workspaces there are. */
export class NoWorkspaces extends Schema.TaggedError<NoWorkspaces>()("NoWorkspaces", {}) {
  override get message(): string {
    return "There are no workspaces: name them, list them in a file for --workspaces, put a file with the token of each into the directory of --tokens, or list them in INTERCOM_WORKSPACES."
  }
}

interface Options {
  readonly workspaces: Option.Option<string>
  readonly tokens: Option.Option<string>
}

/** The tokens: of a directory, or of the environment. */
export const tokens = ({ tokens }: Pick<Options, "tokens">) =>
  Option.match(tokens, { onNone: () => TokenStore.layerEnv, onSome: TokenStore.layerDirectory })

const linesOf = (text: string): ReadonlyArray<string> =>
  text
    .split("\n")
    .map((line) => line.replace(/#.*$/, "").trim())
    .filter((line) => line !== "")

/** A store that lists none knows one way to name them; the command knows more. */
const isUnlisted = ({ problem }: TokenStoreError): boolean => problem === "unsupported"

/** The workspaces of a night: those of the file, or all that have a token. Asked every night. */
export const all = ({ workspaces }: Options) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = Option.isNone(workspaces)
      ? yield* Fleet.workspaces.pipe(Effect.catchIf(isUnlisted, () => Effect.fail(new NoWorkspaces())))
      : yield* Effect.mapBoth(fs.readFileString(workspaces.value), {
          onFailure: (error) => fromPlatform(workspaces.value, error),
          onSuccess: linesOf
        })
    return names.length === 0 ? yield* new NoWorkspaces() : names
  })

export const told = (
  verb: string,
  night: string,
  { exports, over }: { readonly exports: number; readonly over: number }
) =>
  Console.log(
    over === 0
      ? `${verb} the night ${night}: ${exports} workspace${exports === 1 ? "" : "s"}.`
      : `${verb} the night ${night}: ${exports} workspace${exports === 1 ? "" : "s"}, of which ${over} ${over === 1 ? "is" : "are"} over already.`
  )
