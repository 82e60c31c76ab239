/** Why an app was not installed. */
import * as Schema from "effect/Schema"
import { printable } from "./Printable.ts"

const problems = {
  state: "The callback is of no installation that began here",
  denied: "The app was not installed",
  code: "The code of the callback was refused",
  refused: "The request for a token was refused",
  unavailable: "The token could not be asked for",
  answer: "The answer to the request for a token is none",
  workspace: "There is a token, and nobody said of which workspace"
} as const

const remedies = {
  state:
    "Send the person to the authorize page again. If it happens often, see that the state is kept, and found again, in the person's own session.",
  denied: "Send the person to the authorize page again if that was not meant.",
  code: "It was used before, is too old, or the client secret is not that of the app. Begin again.",
  refused: "Check client id and client secret (Developer Hub, Basic information), and the region of the app.",
  unavailable: "Begin again later: the code may have been used.",
  answer: "Check the address that is asked for tokens.",
  workspace: "If the workspace is in another region, begin again with it: authorizeUrl({ region })."
} as const

/** The app was not installed, or there is no token for it. It never shows a code, a state, the client secret or a token. */
export class OAuthError extends Schema.TaggedError<OAuthError>()("OAuthError", {
  /**
   * `state`: the callback is of another session, or forged; do nothing of what it says. `denied`: somebody said no.
   * `code`: the code is wrong, used or too old. `refused`: the request was, for another reason. `unavailable`: no connection,
   * no answer in time, 429 or 5xx. `answer`: what came is not what Intercom sends. `workspace`: the token was refused, or the
   * answer to it has no workspace, as where it is of another region.
   */
  problem: Schema.Literals(["state", "denied", "code", "refused", "unavailable", "answer", "workspace"]),
  /** More about it, if anything is known. */
  description: Schema.optionalKey(Schema.String),
  /** Of the answer, if there was one. */
  status: Schema.optionalKey(Schema.Int)
}) {
  override get message(): string {
    const { description, problem, status } = this
    const details = [
      ...(status === undefined ? [] : [`HTTP ${status}`]),
      ...(description === undefined ? [] : [printable(description)])
    ].join(", ")
    return `${problems[problem]}${details === "" ? "" : ` (${details})`}. ${remedies[problem]}`
  }
}
