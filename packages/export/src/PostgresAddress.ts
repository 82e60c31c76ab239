/**
 * Addresses of PostgreSQL databases, read as libpq reads them: `postgres://user:password@host:port/database?sslmode=require`,
 * or `host=… dbname=… sslmode=require`. A parameter that is not known is refused, and so is a known one that cannot be
 * honoured.
 */
import * as Result from "effect/Result"
import { nearest } from "./Nearest.ts"

/** What an address says, by the names of libpq's parameters; what it leaves out, or empty, is not there. */
export type Parameters = { readonly [name in Name]?: string }

/** What is wrong with a value, in words that follow the parameter's name; never the value. */
type Rule = (value: string) => string | undefined

const anything: Rule = () => undefined

const oneOf =
  (...values: ReadonlyArray<string>): Rule =>
  (value) =>
    values.includes(value) ? undefined : `takes ${values.slice(0, -1).join(", ")} or ${values.at(-1) ?? ""}`

const whole: Rule = (value) => (/^\s*-?\d{1,9}\s*$/.test(value) ? undefined : "takes a whole number")

const ports: Rule = (value) =>
  value.split(",").every((port) => port === "" || (/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536))
    ? undefined
    : "takes a number from 1 to 65535"

/** Only values that ask for nothing. */
const only =
  (...values: ReadonlyArray<string>): Rule =>
  (value) =>
    values.includes(value) ? undefined : `cannot be honoured here, other than as ${values.join(" or ")}: leave it out`

const never: Rule = () => "cannot be honoured here: leave it out"

const encoding: Rule = (value) =>
  /^(auto|utf-?8|unicode)$/i.test(value) ? undefined : "can only be UTF8: leave it out"

/** libpq's parameters, with the variable of the environment that stands in for each, and what it takes. */
const known = {
  host: ["PGHOST", anything],
  hostaddr: ["PGHOSTADDR", anything],
  port: ["PGPORT", ports],
  dbname: ["PGDATABASE", anything],
  user: ["PGUSER", anything],
  password: ["PGPASSWORD", anything],
  passfile: ["PGPASSFILE", anything],
  require_auth: ["PGREQUIREAUTH", never],
  channel_binding: ["PGCHANNELBINDING", only("prefer", "disable")],
  connect_timeout: ["PGCONNECT_TIMEOUT", whole],
  client_encoding: ["PGCLIENTENCODING", encoding],
  options: ["PGOPTIONS", anything],
  application_name: ["PGAPPNAME", anything],
  fallback_application_name: [undefined, anything],
  keepalives: [undefined, oneOf("0", "1")],
  keepalives_idle: [undefined, whole],
  keepalives_interval: [undefined, only("0")],
  keepalives_count: [undefined, only("0")],
  tcp_user_timeout: [undefined, only("0")],
  replication: [undefined, only("false", "off", "no", "0")],
  gssencmode: ["PGGSSENCMODE", only("disable", "prefer")],
  sslmode: ["PGSSLMODE", oneOf("disable", "allow", "prefer", "require", "verify-ca", "verify-full")],
  requiressl: ["PGREQUIRESSL", oneOf("0", "1")],
  sslnegotiation: ["PGSSLNEGOTIATION", only("postgres")],
  sslcompression: ["PGSSLCOMPRESSION", only("0")],
  sslcert: ["PGSSLCERT", anything],
  sslkey: ["PGSSLKEY", anything],
  sslkeylogfile: ["PGSSLKEYLOGFILE", never],
  sslpassword: [undefined, anything],
  sslcertmode: ["PGSSLCERTMODE", oneOf("disable", "allow")],
  sslrootcert: ["PGSSLROOTCERT", anything],
  sslcrl: ["PGSSLCRL", anything],
  sslcrldir: ["PGSSLCRLDIR", never],
  sslsni: ["PGSSLSNI", oneOf("0", "1")],
  requirepeer: ["PGREQUIREPEER", never],
  ssl_min_protocol_version: ["PGSSLMINPROTOCOLVERSION", oneOf("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")],
  ssl_max_protocol_version: ["PGSSLMAXPROTOCOLVERSION", oneOf("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")],
  min_protocol_version: ["PGMINPROTOCOLVERSION", only("3.0")],
  max_protocol_version: ["PGMAXPROTOCOLVERSION", only("3.0", "latest")],
  krbsrvname: ["PGKRBSRVNAME", never],
  gsslib: ["PGGSSLIB", never],
  gssdelegation: ["PGGSSDELEGATION", only("0")],
  scram_client_key: [undefined, never],
  scram_server_key: [undefined, never],
  service: ["PGSERVICE", never],
  servicefile: ["PGSERVICEFILE", never],
  target_session_attrs: [
    "PGTARGETSESSIONATTRS",
    oneOf("any", "read-write", "read-only", "primary", "standby", "prefer-standby")
  ],
  load_balance_hosts: ["PGLOADBALANCEHOSTS", only("disable")],
  oauth_issuer: ["PGOAUTHISSUER", never],
  oauth_client_id: ["PGOAUTHCLIENTID", never],
  oauth_client_secret: ["PGOAUTHCLIENTSECRET", never],
  oauth_scope: ["PGOAUTHSCOPE", never]
} satisfies { readonly [name: string]: readonly [variable: string | undefined, rule: Rule] }

export type Name = keyof typeof known

const isName = (name: string): name is Name => Object.hasOwn(known, name)

// The keys of a record written above.
export const names = Object.keys(known) as ReadonlyArray<Name>

/** The variable of the environment for each parameter that has one. */
export const variables: ReadonlyArray<readonly [Name, string]> = names.flatMap((name) => {
  const [variable] = known[name]
  return variable === undefined ? [] : [[name, variable] as const]
})

/** What is wrong with the value of a variable or parameter, as a sentence. */
export const mistake = (name: Name, value: string, called: string = name): string | undefined => {
  const [, rule] = known[name]
  const wrong = rule(value)
  return wrong === undefined ? undefined : `${called} ${wrong}.`
}

const form =
  "Write postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters in the password percent-encoded: # is %23."

/** PostgreSQL cuts longer names, whatever they are of: two could become one. In bytes of UTF-8. */
const longestName = 63

/** What is wrong with the name of a schema, as a sentence; `undefined` for nothing. */
export const schemaMistake = (schema: string): string | undefined => {
  const bytes = new TextEncoder().encode(schema).length
  return bytes <= longestName
    ? undefined
    : `The name of the schema ${schema} has ${bytes} bytes, of which PostgreSQL keeps ${longestName}: choose a shorter one.`
}

/** A part of the password may look like any other part: nothing is repeated. */
const unreadableProblem = `The address of the database cannot be read. ${form}`

const unreadable = Result.fail(unreadableProblem)

const isUri = (text: string): boolean => /^postgres(ql)?:\/\//i.test(text)

/** Whether a string is meant as an address, rather than as something else. */
export const isAddress = (text: string): boolean => isUri(text) || /^\s*[a-z_]+\s*=/i.test(text)

/** Reads an address; fails with a sentence that repeats no value of it. */
export const parse = (text: string): Result.Result<Parameters, string> =>
  Result.flatMap(isUri(text) ? pairsOfUri(text) : pairsOfKeywords(text), collect)

type Pair = readonly [name: string, value: string]

const collect = (pairs: ReadonlyArray<Pair>): Result.Result<Parameters, string> => {
  const found: { [name in Name]?: string } = {}
  let secret = false
  for (const [name, value] of pairs) {
    if (!isName(name)) return Result.fail(unknown(name, secret))
    const wrong = value === "" ? undefined : mistake(name, value)
    if (wrong !== undefined) return Result.fail(`In the address of the database, ${wrong}`)
    if (value.includes("\0")) return unreadable
    secret ||= name === "password"
    // As in libpq, the last one counts.
    delete found[name]
    if (value !== "") found[name] = value
  }
  return Result.succeed(found)
}

/** What comes after an unquoted password may be the rest of it. */
const unknown = (name: string, afterPassword: boolean): string => {
  const meant = nearest(name, names)
  if (meant !== undefined) return `In the address of the database, ${name} is not known. Did you mean ${meant}?`
  return afterPassword || !/^\w{1,30}$/.test(name)
    ? `A parameter in the address of the database is not known. A value with spaces stands in quotes: password='a b'.`
    : `In the address of the database, ${name} is not known: it takes the parameters of libpq, such as sslmode.`
}

// ---------------------------------------------------------------------------------------------------------------------
// URIs
// ---------------------------------------------------------------------------------------------------------------------

const decode = (text: string): Result.Result<string, string> =>
  Result.try({ try: () => decodeURIComponent(text), catch: () => unreadableProblem })

/** `user:password@host:port,host:port/database?name=value&name=value`; the host may be an address in brackets. */
const pairsOfUri = (text: string): Result.Result<ReadonlyArray<Pair>, string> => {
  const rest = text.slice(text.indexOf("//") + 2)
  const [, login] = /^([^@/]*)@/.exec(rest) ?? []
  const found = /^([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(rest.slice(login === undefined ? 0 : login.length + 1))
  // In an address whose password is not encoded, a part of it can look like anything.
  if (found === null || found[0].includes("@")) return unreadable
  const [, authority = "", path = "", query = ""] = found
  const hosts = authority.split(",").map((one) => /^(\[[^[\]]+\]|[^:[\]]*)(?::(\d*))?$/.exec(one))
  if (hosts.includes(null)) return unreadable
  const [user = "", ...password] = (login ?? "").split(":")
  const pairs: Array<Pair> = [
    ["user", user],
    ["password", password.join(":")],
    ["host", hosts.map((found) => (found?.[1] ?? "").replace(/^\[(.*)\]$/, "$1")).join(",")],
    ["port", hosts.every((found) => !found?.[2]) ? "" : hosts.map((found) => found?.[2] ?? "").join(",")],
    ["dbname", path]
  ]
  for (const parameter of query === "" ? [] : query.split("&")) {
    const [, name, value] = /^([^=]*)=([^=]*)$/.exec(parameter) ?? []
    if (name === undefined || value === undefined) {
      return Result.fail(`The parameters of the address are name=value, joined by &; = in a value is %3D, & is %26.`)
    }
    // For JDBC's sake, libpq takes this one.
    pairs.push(name === "ssl" && value === "true" ? ["sslmode", "require"] : [name, value])
  }
  return Result.all(
    pairs
      // A parameter that is empty does not undo what the address says before.
      .filter(([, value]) => value !== "")
      .map(([name, value]) =>
        Result.flatMap(decode(name), (name) => Result.map(decode(value), (value): Pair => [name, value]))
      )
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// keyword=value
// ---------------------------------------------------------------------------------------------------------------------

const keyword = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'(?=\s|$)|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*|))/suy

const pairsOfKeywords = (text: string): Result.Result<ReadonlyArray<Pair>, string> => {
  const pairs: Array<Pair> = []
  const trimmed = text.trimEnd()
  keyword.lastIndex = 0
  while (keyword.lastIndex < trimmed.length) {
    const found = keyword.exec(trimmed)
    if (found === null) return unreadable
    const [, name = "", quoted, bare = ""] = found
    pairs.push([name, (quoted ?? bare).replaceAll(/\\(.)/gs, "$1")])
  }
  return pairs.length === 0 ? unreadable : Result.succeed(pairs)
}
