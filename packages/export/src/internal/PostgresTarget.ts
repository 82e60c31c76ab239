/// <reference types="node" />
/** From an address of PostgreSQL, the environment and the files they name, to what a connection takes, as libpq does it. */
import type * as PgClient from "@effect/sql-pg/PgClient"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import { platform } from "node:process"
import * as NodeTls from "node:tls"
import { BadAddress } from "../ExportError.ts"
import * as PostgresAddress from "../PostgresAddress.ts"

/** A way to connect to a server. */
export type Settings = PgClient.PgClientConfig

/** What an address leads to. */
export interface Target {
  /** `postgres:host:5432/database`, without user and password. */
  readonly name: string
  /** The first schema of the `search_path` that the address asks for. */
  readonly schema: string | undefined
  /** The servers in the order in which they are tried, each with the ways to connect to it: encrypted or not. */
  readonly servers: ReadonlyArray<readonly [Settings, ...ReadonlyArray<Settings>]>
  /** Which of them will do. */
  readonly attributes: string
}

type Parameters = PostgresAddress.Parameters

const bad = (problem: string) => new BadAddress({ problem })

// ---------------------------------------------------------------------------------------------------------------------
// the environment
// ---------------------------------------------------------------------------------------------------------------------

const variable = (name: string) =>
  Effect.map(
    // What is there and empty is as if it were not.
    Effect.orElseSucceed(Config.String(name), () => ""),
    (value) => (value === "" ? undefined : value)
  )

/** What the address says, and the environment where it says nothing. */
const withEnvironment = Effect.fnUntraced(function* (parameters: Parameters) {
  const found: { [name in PostgresAddress.Name]?: string } = { ...parameters }
  for (const [name, called] of PostgresAddress.variables) {
    if (found[name] !== undefined) continue
    const value = yield* variable(called)
    if (value === undefined) continue
    const wrong = PostgresAddress.mistake(name, value, called)
    if (wrong !== undefined) return yield* bad(wrong)
    found[name] = value
  }
  return found
})

/** Settings of a session that libpq takes from the environment alone. */
const sessionVariables = [
  ["DateStyle", "PGDATESTYLE"],
  ["TimeZone", "PGTZ"],
  ["geqo", "PGGEQO"]
] as const

const sessionSettings = Effect.map(
  Effect.forEach(sessionVariables, ([setting, called]) =>
    Effect.map(variable(called), (value) => (value === undefined ? [] : [[setting, value] as const]))
  ),
  (pairs) => Object.fromEntries(pairs.flat())
)

/** Where libpq looks for files that nobody names. */
const personal = Effect.gen(function* () {
  const roaming = yield* variable("APPDATA")
  const home = yield* variable("HOME")
  if (home !== undefined) return { password: `${home}/.pgpass`, folder: `${home}/.postgresql` }
  return roaming === undefined
    ? undefined
    : { password: `${roaming}/postgresql/pgpass.conf`, folder: `${roaming}/postgresql` }
})

// ---------------------------------------------------------------------------------------------------------------------
// files
// ---------------------------------------------------------------------------------------------------------------------

/** The text of a file: one that is named has to be there, one that is looked for may. */
const textOf = Effect.fnUntraced(function* (
  name: PostgresAddress.Name,
  named: string | undefined,
  usual: string | undefined
) {
  const fs = yield* FileSystem.FileSystem
  if (named !== undefined) {
    return yield* Effect.mapError(fs.readFileString(named), ({ reason }) =>
      bad(`The file that ${name} names cannot be read (${reason._tag}).`)
    )
  }
  return usual === undefined ? undefined : Option.getOrUndefined(yield* Effect.option(fs.readFileString(usual)))
})

/** The fields of a line of a password file: separated by colons, which a backslash makes part of a field. */
const fieldsOf = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/(?:^|:)((?:[^:\\]|\\.)*)/g)].map(([, field = ""]) => field.replaceAll(/\\(.)/g, "$1"))

/** The password of the first line that is about this login. */
export const passwordIn = (file: string, login: ReadonlyArray<string>): string | undefined =>
  file
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"))
    .map(fieldsOf)
    .find(
      (fields) =>
        fields.length === login.length + 1 && login.every((part, index) => ["*", part].includes(fields[index] ?? ""))
    )
    ?.at(-1)

/** The file with passwords. Others than its owner may not read it: then it is not used, and that is reported. */
const passwordFile = Effect.fnUntraced(function* (named: string | undefined, usual: string | undefined) {
  const path = named ?? usual
  const text = yield* textOf("passfile", named, usual)
  if (path === undefined || text === undefined) return ""
  const { mode } = yield* Effect.mapError((yield* FileSystem.FileSystem).stat(path), () => bad("passfile is gone."))
  // There are no such modes on Windows.
  if (platform !== "win32" && (mode & 0o077) !== 0) {
    yield* Effect.logWarning(`${path} is not used: others than its owner can read it. chmod 600 mends that.`)
    return ""
  }
  return text
})

// ---------------------------------------------------------------------------------------------------------------------
// TLS
// ---------------------------------------------------------------------------------------------------------------------

/** The mode; trust in the system's authorities alone would mean little without the name of the host. */
const modeOf = ({ requiressl, sslmode, sslrootcert }: Parameters): Result.Result<string, BadAddress> => {
  const mode = sslmode ?? (requiressl === "1" ? "require" : undefined)
  if (sslrootcert !== "system") return Result.succeed(mode ?? "prefer")
  return mode === undefined || mode === "verify-full"
    ? Result.succeed("verify-full")
    : Result.fail(
        bad(`sslrootcert=system needs sslmode=verify-full: with sslmode=${mode}, anybody's certificate would do.`)
      )
}

/** The certificates that servers are verified with; `undefined` when they are not verified. */
const authorities = Effect.fnUntraced(function* (
  { sslrootcert }: Parameters,
  mode: string,
  folder: string | undefined
) {
  if (sslrootcert === "system") return NodeTls.getCACertificates("system")
  const usual = folder && `${folder}/root.crt`
  const text = yield* textOf("sslrootcert", sslrootcert, usual)
  if (text === undefined) {
    if (!mode.startsWith("verify")) return undefined
    return yield* bad(
      `sslmode=${mode} needs the certificate of who signed the server's: name its file with sslrootcert, or take the ` +
        "system's authorities with sslrootcert=system."
    )
  }
  yield* Effect.try({
    try: () => new X509Certificate(text),
    catch: () => bad(`The file ${sslrootcert === undefined ? usual : "that sslrootcert names"} has no certificate.`)
  })
  return text
})

/** What TLS takes, checked: a driver would break on it when it is connecting. */
const tlsOf = Effect.fnUntraced(function* (parameters: Parameters, mode: string, folder: string | undefined) {
  const {
    ssl_max_protocol_version: max,
    ssl_min_protocol_version: min = "TLSv1.2",
    sslcertmode,
    sslpassword
  } = parameters
  if (max !== undefined && max < min) {
    return yield* bad("ssl_min_protocol_version is later than ssl_max_protocol_version.")
  }
  const ca = yield* authorities(parameters, mode, folder)
  const own = sslcertmode !== "disable"
  const cert = own ? yield* textOf("sslcert", parameters.sslcert, folder && `${folder}/postgresql.crt`) : undefined
  const key =
    cert === undefined ? undefined : yield* textOf("sslkey", parameters.sslkey, folder && `${folder}/postgresql.key`)
  if (cert !== undefined && key === undefined) return yield* bad("sslcert needs its key: name its file with sslkey.")
  const crl = yield* textOf("sslcrl", parameters.sslcrl, folder && `${folder}/root.crl`)
  const options: NodeTls.ConnectionOptions = {
    rejectUnauthorized: ca !== undefined,
    // The rule for the parameter allows these names only.
    minVersion: min as NodeTls.SecureVersion,
    ...(max === undefined ? {} : { maxVersion: max as NodeTls.SecureVersion }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert, key }),
    ...(sslpassword === undefined ? {} : { passphrase: sslpassword }),
    ...(crl === undefined || ca === undefined ? {} : { crl }),
    ...(mode === "verify-full" ? {} : { checkServerIdentity: () => undefined })
  }
  yield* Effect.try({
    try: () => NodeTls.createSecureContext(options),
    catch: () =>
      bad("The files of sslcert, sslkey and sslcrl do not fit together, or sslpassword does not open the key.")
  })
  return options
})

/** In which order a server is tried, encrypted or not. */
const ways: { readonly [mode: string]: readonly [boolean, ...ReadonlyArray<boolean>] } = {
  disable: [false],
  allow: [false, true],
  prefer: [true, false]
}

// ---------------------------------------------------------------------------------------------------------------------
// the whole
// ---------------------------------------------------------------------------------------------------------------------

interface Server {
  /** As the address has it: what a certificate is about. */
  readonly host: string
  /** Where it is. */
  readonly at: string
  readonly port: string
}

const serversOf = ({ host, hostaddr, port }: Parameters): Result.Result<ReadonlyArray<Server>, BadAddress> => {
  const [hosts, places, ports] = [host, hostaddr, port].map((list) => list?.split(","))
  const count = (places ?? hosts ?? [""]).length
  if (hosts !== undefined && hosts.length !== count) {
    return Result.fail(bad("host and hostaddr name different numbers of servers."))
  }
  if (ports !== undefined && ports.length > 1 && ports.length !== count) {
    return Result.fail(bad("port names one port for all servers, or one for each."))
  }
  if (places?.some((place) => place !== "" && isIP(place) === 0)) {
    return Result.fail(bad("hostaddr takes addresses in numbers: a name belongs into host."))
  }
  const servers = Array.from({ length: count }, (_, index) => {
    const at = places?.[index] || hosts?.[index] || "localhost"
    return { at, host: hosts?.[index] || at, port: (ports?.length === 1 ? ports[0] : ports?.[index]) || "5432" }
  })
  return servers.some(({ host }) => host.startsWith("@"))
    ? Result.fail(bad("Sockets without a file cannot be used here: name the folder of one that has one, as host."))
    : Result.succeed(servers)
}

/** `-c name=value`, `-cname=value` and `--name=value`, the last of which counts; a backslash keeps a space. */
const searchPath = (options: string | undefined): string | undefined => {
  const words = [...(options ?? "").matchAll(/(?:[^\s\\]|\\.)+/gs)].map(([word]) => word.replaceAll(/\\(.)/gs, "$1"))
  const settings = words.flatMap((word, index) => {
    if (word === "-c") return words[index + 1] ?? []
    return word.startsWith("--") ? word.slice(2) : word.startsWith("-c") ? word.slice(2) : []
  })
  return settings
    .flatMap((setting) => {
      const [, value] = /^search[_-]path=(.*)$/is.exec(setting) ?? []
      return value === undefined ? [] : [value]
    })
    .at(-1)
}

/** The schema that tables without one come to stand in: the first, but for that of the user's name. */
const schemaOf = (options: string | undefined): string | undefined => {
  const schemas = [...(searchPath(options) ?? "").matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare?.toLowerCase() ?? ""
  )
  return schemas.find((schema) => schema !== "$user" && schema !== "")
}

const placeOf = ({ host, port }: Server): string => `${host.includes(":") ? `[${host}]` : host}:${port}`

const timeoutOf = (seconds: string | undefined): Duration.Input => {
  if (seconds === undefined) return "10 seconds"
  return Number(seconds) > 0 ? Duration.seconds(Number(seconds)) : Duration.infinity
}

const keepAliveOf = ({ keepalives, keepalives_idle: idle }: Parameters): Duration.Input | undefined => {
  if (keepalives === "0") return undefined
  return idle !== undefined && Number(idle) > 0 ? Duration.seconds(Number(idle)) : "1 minute"
}

/** What the address leads to, with what the environment and files have to say. */
export const resolve = Effect.fnUntraced(function* (address: Redacted.Redacted) {
  const said = yield* Effect.mapError(Effect.fromResult(PostgresAddress.parse(Redacted.value(address))), bad)
  const parameters = yield* withEnvironment(said)
  const files = yield* personal
  const servers = yield* Effect.fromResult(serversOf(parameters))
  const mode = yield* Effect.fromResult(modeOf(parameters))
  const user = parameters.user ?? (yield* variable("USER")) ?? (yield* variable("USERNAME"))
  if (user === undefined) return yield* bad("The address of the database names no user, and neither does PGUSER.")
  const database = parameters.dbname ?? user
  const tls = mode === "disable" ? undefined : yield* tlsOf(parameters, mode, files?.folder)
  const startupParameters = yield* sessionSettings
  const passwords = parameters.password === undefined ? yield* passwordFile(parameters.passfile, files?.password) : ""

  const settingsOf = (server: Server): readonly [Settings, ...ReadonlyArray<Settings>] => {
    const { at, host, port } = server
    const isSocket = host.startsWith("/")
    const place = isSocket && ["/tmp", "/var/run/postgresql"].includes(host) ? "localhost" : host
    const password = parameters.password ?? passwordIn(passwords, [place, port, database, user])
    const settings: Settings = {
      host: at,
      port: Number(port),
      database,
      username: user,
      ...(password === undefined ? {} : { password: Redacted.make(password) }),
      applicationName: parameters.application_name ?? parameters.fallback_application_name ?? "intercom export",
      startupParameters,
      ...(parameters.options === undefined ? {} : { startupOptions: parameters.options }),
      connectTimeout: timeoutOf(parameters.connect_timeout),
      keepAlive: keepAliveOf(parameters)
    }
    const servername = parameters.sslsni === "0" || isIP(host) !== 0 ? "" : host
    const [first, ...others] = isSocket || tls === undefined ? [false] : (ways[mode] ?? [true])
    const way = (encrypted: boolean): Settings => ({
      ...settings,
      ssl: encrypted && tls !== undefined ? { ...tls, host, servername } : false
    })
    return [way(first ?? false), ...others.map(way)]
  }

  const target: Target = {
    name: `postgres:${servers.map(placeOf).join(",")}/${database}`,
    schema: schemaOf(parameters.options),
    servers: servers.map(settingsOf),
    attributes: parameters.target_session_attrs ?? "any"
  }
  return target
})
