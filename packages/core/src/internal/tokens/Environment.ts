/** Tokens in variables, a set of them for each workspace. */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Settings from "../Settings.ts"
import { type Backend, malformed, unsupported } from "./Backend.ts"

// The name as it is: in capitals, or with other signs, two workspaces could have one variable.
const ofWorkspace = (workspace: string) =>
  Config.all({
    accessToken: Config.schema(Settings.AccessToken, `INTERCOM_ACCESS_TOKEN_${workspace}`).pipe(
      Config.withDefault(undefined)
    ),
    region: Config.schema(Settings.RegionName, `INTERCOM_REGION_${workspace}`).pipe(Config.withDefault(undefined)),
    baseUrl: Config.schema(Settings.BaseUrl, `INTERCOM_BASE_URL_${workspace}`).pipe(Config.withDefault(undefined)),
    version: Config.schema(Settings.Version, `INTERCOM_VERSION_${workspace}`).pipe(Config.withDefault(undefined))
  })

const list = Config.withDefault(Config.String("INTERCOM_WORKSPACES"), undefined)
const readOnly = "variables cannot be written. Change the environment."

export const make: Effect.Effect<Backend> = Effect.map(ConfigProvider.ConfigProvider, (provider) => ({
  find: (workspace) =>
    ofWorkspace(workspace)
      .parse(provider)
      .pipe(
        // Of a token, it does not show the value.
        Effect.mapError((error) => malformed(workspace)(error.message)),
        Effect.map(({ accessToken, ...rest }) => (accessToken === undefined ? undefined : { ...rest, accessToken }))
      ),
  set: (workspace) => unsupported("set", readOnly, workspace),
  remove: (workspace) => unsupported("remove", readOnly, workspace),
  keys: Effect.flatMap(list.parse(provider), (text) => {
    if (text === undefined) {
      return unsupported("keys", "set INTERCOM_WORKSPACES to the names of the workspaces, separated by commas.")
    }
    const names = new Set(text.split(",").map((name) => name.trim()))
    names.delete("")
    return Effect.succeed([...names])
  }),
  otherNames: "correct INTERCOM_WORKSPACES: names of workspaces, separated by commas."
}))
