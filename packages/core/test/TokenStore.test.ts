/** Every store of tokens keeps what it is given, under names that are no danger to it, and shows no token. */
import {
  type Credentials,
  TokenKeyError,
  TokenStore,
  TokenStoreError,
  UnknownWorkspace
} from "@effect-intercom/core/TokenStore"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { constants, DatabaseSync } from "node:sqlite"
import { inspect } from "node:util"
import * as Observed from "./Observed.ts"
import * as Scripted from "./Scripted.ts"
import * as Sqlite from "./Sqlite.ts"

const { token } = Scripted
const credentials = (accessToken: string, rest: Omit<Credentials, "accessToken"> = {}): Credentials => ({
  accessToken: Redacted.make(accessToken),
  ...rest
})
/** What can be compared. */
const plain = ({ accessToken, ...rest }: Credentials) => ({ accessToken: Redacted.value(accessToken), ...rest })

const key = (byte: number) => Redacted.make(Buffer.alloc(32, byte).toString("base64"))

/** In a directory that is gone afterwards. */
const directory = (files: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* fs.makeTempDirectoryScoped()
    for (const [name, text] of Object.entries(files)) yield* fs.writeFileString(`${path}/${name}`, text)
    return path
  })

const inDirectory = Layer.unwrap(Effect.map(directory(), TokenStore.layerDirectory)).pipe(
  Layer.provide(NodeServices.layer)
)
const inTable = (database: DatabaseSync, options?: Parameters<typeof TokenStore.layerSql>[0]) =>
  TokenStore.layerSql(options).pipe(Layer.provide(Sqlite.layer(database)), Layer.orDie)

const stores: Readonly<Record<string, () => Layer.Layer<TokenStore, unknown>>> = {
  memory: () => TokenStore.layerMemory(),
  directory: () => inDirectory,
  sql: () => inTable(new DatabaseSync(":memory:")),
  "sql, encrypted": () => inTable(new DatabaseSync(":memory:"), { key: key(1) })
}

/** Everything that can be seen of an effect that may fail. */
const shown = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const observed = Observed.make()
    const exit = yield* effect.pipe(
      Effect.tapCause((cause) => Effect.logError("it failed", cause)),
      observed.watch,
      Effect.exit
    )
    const cause = exit._tag === "Failure" ? [Cause.pretty(exit.cause), inspect(exit.cause, { depth: 9 })] : []
    return [...cause, ...observed.lines, ...observed.spans.map(Observed.textOf)].join("\n")
  })

const names = ["a", "acme", "ACME", "9f-2", "x.y:z@w_1", "a".repeat(128)]
const others = [
  "",
  ".",
  "..",
  "../acme",
  "a/b",
  "a\\b",
  ".hidden",
  "-a",
  "_a",
  "a b",
  "a\n",
  "a\0",
  "ä",
  "a".repeat(129)
]
const notNames = [...others, "__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]

for (const [name, store] of Object.entries(stores)) {
  describe(`a store in ${name}`, () => {
    it.live("finds what was set last, until it is removed", () =>
      Effect.gen(function* () {
        const { find, keys, remove, set } = yield* TokenStore
        assert.deepStrictEqual(yield* keys, [])
        for (const name of names) yield* set(name, credentials(`${name}-0`, { region: "au" }))
        for (const name of names) {
          yield* set(name, credentials(name, { region: "eu", baseUrl: "https://proxy.example/i", version: "2.14" }))
        }
        yield* set("bare", credentials(token))
        assert.deepStrictEqual(yield* keys, [...names, "bare"].toSorted())
        for (const name of names) {
          assert.deepStrictEqual(plain(yield* find(name)), {
            accessToken: name,
            region: "eu",
            baseUrl: "https://proxy.example/i",
            version: "2.14"
          })
        }
        assert.deepStrictEqual(plain(yield* find("bare")), { accessToken: token })
        yield* remove("acme")
        yield* remove("acme")
        assert.deepStrictEqual(yield* Effect.flip(find("acme")), new UnknownWorkspace({ workspace: "acme" }))
        assert.strictEqual(Redacted.value((yield* find("ACME")).accessToken), "ACME")
        assert.notInclude(yield* keys, "acme")
      }).pipe(Effect.provide(store()), Effect.scoped)
    )

    it.live("has nothing under what is no name, and takes nothing", () =>
      Effect.gen(function* () {
        const { find, keys, remove, set } = yield* TokenStore
        for (const name of notNames) {
          assert.strictEqual((yield* Effect.flip(find(name)))._tag, "UnknownWorkspace", name)
          for (const change of [set(name, credentials(token)), remove(name)]) {
            const error = yield* Effect.flip(change)
            assert.strictEqual(error.problem, "name", name)
            assert.include(error.message, "A name is 1 to 128")
          }
        }
        assert.deepStrictEqual(yield* keys, [])
      }).pipe(Effect.provide(store()), Effect.scoped)
    )

    it.live("takes no credentials that could not be used, and shows none", () =>
      Effect.gen(function* () {
        const { find, keys, set } = yield* TokenStore
        for (const bad of [
          credentials(`${token} ${token}`),
          credentials(""),
          credentials(token, { baseUrl: `https://x/?${token}` }),
          // As someone without types would.
          { accessToken: token } as unknown as Credentials,
          credentials(token, { region: token as "eu" })
        ]) {
          const error = yield* Effect.flip(set("acme", bad))
          assert.strictEqual(error.problem, "malformed")
          assert.notInclude(yield* shown(set("acme", bad)), token)
        }
        assert.deepStrictEqual(yield* keys, [])
        yield* set("acme", credentials(token))
        assert.notInclude(yield* shown(Effect.andThen(set("acme", credentials(token)), find("acme"))), token)
      }).pipe(Effect.provide(store()), Effect.scoped)
    )
  })
}

describe("the environment", () => {
  const environment = (env: Record<string, string>) =>
    Layer.provide(TokenStore.layerEnv, ConfigProvider.layer(ConfigProvider.fromEnv({ env })))

  it.effect("has variables for each workspace, by its name as it is", () =>
    Effect.gen(function* () {
      const { find, keys } = yield* TokenStore
      assert.deepStrictEqual(yield* keys, ["acme", "acme-eu", "acme_eu"])
      assert.deepStrictEqual(plain(yield* find("acme_eu")), { ...none, accessToken: "b", region: "eu" })
      assert.deepStrictEqual(plain(yield* find("acme-eu")), { ...none, accessToken: "c", version: "2.14" })
      assert.deepStrictEqual(plain(yield* find("acme")), {
        accessToken: "a",
        region: "au",
        baseUrl: "http://localhost:1",
        version: "2.15"
      })
      for (const name of ["ACME", "nobody", "empty"]) {
        assert.strictEqual((yield* Effect.flip(find(name)))._tag, "UnknownWorkspace")
      }
    }).pipe(
      Effect.provide(
        environment({
          INTERCOM_WORKSPACES: "acme, acme_eu,acme-eu, ",
          INTERCOM_ACCESS_TOKEN: "none of these",
          INTERCOM_ACCESS_TOKEN_acme: "a",
          INTERCOM_REGION_acme: "au",
          INTERCOM_BASE_URL_acme: "http://localhost:1",
          INTERCOM_VERSION_acme: "2.15",
          INTERCOM_ACCESS_TOKEN_acme_eu: "b",
          INTERCOM_REGION_acme_eu: "eu",
          "INTERCOM_ACCESS_TOKEN_acme-eu": "c",
          "INTERCOM_VERSION_acme-eu": "2.14",
          INTERCOM_ACCESS_TOKEN_empty: ""
        })
      )
    )
  )
  const none = { region: undefined, baseUrl: undefined, version: undefined }

  it.effect("tells which variable is malformed, and not its value", () =>
    Effect.gen(function* () {
      const { find } = yield* TokenStore
      const error = yield* Effect.flip(find("acme"))
      assert(error instanceof TokenStoreError && error.problem === "malformed")
      assert.include(error.message, "INTERCOM_ACCESS_TOKEN_acme")
      assert.notInclude(yield* shown(find("acme")), token)
      assert.include((yield* Effect.flip(find("globex"))).message, "INTERCOM_REGION_globex")
    }).pipe(
      Effect.provide(
        environment({
          INTERCOM_ACCESS_TOKEN_acme: `${token} ${token}`,
          INTERCOM_ACCESS_TOKEN_globex: token,
          INTERCOM_REGION_globex: "mars"
        })
      )
    )
  )

  it.effect("cannot be written, and lists what it is told to", () =>
    Effect.gen(function* () {
      const { keys, remove, set } = yield* TokenStore
      for (const change of [set("acme", credentials(token)), remove("acme"), keys]) {
        assert.strictEqual((yield* Effect.flip(change)).problem, "unsupported")
      }
      assert.include((yield* Effect.flip(keys)).message, "INTERCOM_WORKSPACES")
      const listed = Effect.provide(
        TokenStore.use(({ keys }) => keys),
        environment({ INTERCOM_WORKSPACES: "acme,../globex" })
      )
      assert.deepStrictEqual(yield* listed, ["../globex", "acme"])
      const bad = Effect.provide(
        TokenStore.use(({ find }) => find("../globex")),
        environment({ INTERCOM_WORKSPACES: "acme,../globex" })
      )
      const error = yield* Effect.flip(bad)
      assert(error instanceof TokenStoreError && error.problem === "name")
      assert.include(error.message, '"../globex"')
      assert.include(error.message, "correct INTERCOM_WORKSPACES")
    }).pipe(Effect.provide(environment({})))
  )
})

describe("a directory", () => {
  it.live("has tokens by themselves or in JSON, as they are now", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* directory({
        acme: `${token}\n`,
        globex: `{ "accessToken": "${token}", "region": "eu" }\n`,
        quoted: `"${token}"\n`
      })
      // As Kubernetes mounts secrets.
      yield* fs.makeDirectory(`${path}/..2026_11_30`)
      yield* fs.writeFileString(`${path}/..2026_11_30/initech`, "linked")
      yield* fs.symlink(`${path}/..2026_11_30`, `${path}/..data`)
      yield* fs.symlink(`..data/initech`, `${path}/initech`)
      yield* fs.makeDirectory(`${path}/folder`)
      yield* Effect.gen(function* () {
        const { find, keys } = yield* TokenStore
        assert.deepStrictEqual(yield* keys, ["acme", "globex", "initech", "quoted"])
        assert.deepStrictEqual(plain(yield* find("acme")), { accessToken: token })
        assert.deepStrictEqual(plain(yield* find("quoted")), { accessToken: token })
        assert.deepStrictEqual(plain(yield* find("globex")), { accessToken: token, region: "eu" })
        assert.deepStrictEqual(plain(yield* find("initech")), { accessToken: "linked" })
        yield* fs.writeFileString(`${path}/acme`, "rotated")
        assert.deepStrictEqual(plain(yield* find("acme")), { accessToken: "rotated" })
      }).pipe(Effect.provide(TokenStore.layerDirectory(path)))
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )

  it.live("tells what is wrong with a file, and not what is in it", () =>
    Effect.gen(function* () {
      const path = yield* directory({
        empty: " \n",
        two: `${token}\n${token}\n`,
        cut: `{"accessToken":"${token}`,
        other: `{"token":"${token}"}`,
        region: `{"accessToken":"${token}","region":"${token}"}`,
        fields: `{"accessToken":"${token}","Region":"eu","base_url":"https://proxy.example"}`,
        swapped: `{"${token}":"accessToken","accessToken":"${token}"}`,
        unclosed: `"${token}`,
        list: `["${token}"]`,
        variable: `INTERCOM_ACCESS_TOKEN=${token}`,
        nothing: `{"accessToken":"${token}","region":null}`
      })
      yield* Effect.gen(function* () {
        const { find, keys } = yield* TokenStore
        for (const name of yield* keys) {
          const error = yield* Effect.flip(find(name))
          assert(error instanceof TokenStoreError && error.problem === "malformed", name)
          assert.include(error.message, `workspace "${name}"`)
          assert.notInclude(yield* shown(find(name)), token)
        }
        const { message } = yield* Effect.flip(find("fields"))
        assert.include(message, '"Region", "base_url"')
        assert.include(message, "accessToken, region, baseUrl, version")
        assert.match((yield* Effect.flip(find("variable"))).message, /it is an assignment/)
        assert.match((yield* Effect.flip(find("nothing"))).message, /region must be .*, or left out/)
      }).pipe(Effect.provide(TokenStore.layerDirectory(path)))
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )

  it.live("is an empty store while it is not there, and says so", () =>
    Effect.gen(function* () {
      const path = `${yield* directory()}/nowhere`
      yield* Effect.gen(function* () {
        const { find, keys, remove, set } = yield* TokenStore
        assert.deepStrictEqual(yield* keys, [])
        const error = yield* Effect.flip(find("acme"))
        assert.strictEqual(error._tag, "UnknownWorkspace")
        assert.include(error.message, `${path} is not there`)
        yield* remove("acme")
        yield* set("acme", credentials(token))
        assert.deepStrictEqual(yield* keys, ["acme"])
      }).pipe(Effect.provide(TokenStore.layerDirectory(path)))
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )

  it.live("keeps what is set from others, and leaves nothing else", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* directory()}/new`
      const set = TokenStore.use(({ set }) => set("acme", credentials(token)))
      yield* Effect.provide(Effect.all([set, set, set], { concurrency: 3 }), TokenStore.layerDirectory(path))
      assert.deepStrictEqual(yield* fs.readDirectory(path), ["acme"])
      assert.strictEqual((yield* fs.stat(`${path}/acme`)).mode & 0o777, 0o600)
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )
})

describe("a table", () => {
  const rows = (database: DatabaseSync) => JSON.stringify(database.prepare("SELECT * FROM intercom_tokens").all())
  const set = (name: string, token: string) => TokenStore.use(({ set }) => set(name, credentials(token)))
  const find = (name: string) =>
    Effect.map(
      TokenStore.use(({ find }) => find(name)),
      plain
    )

  it.effect("outlives the process that made it", () =>
    Effect.gen(function* () {
      const database = new DatabaseSync(":memory:")
      yield* Effect.provide(set("acme", token), inTable(database))
      assert.include(rows(database), token)
      assert.deepStrictEqual(yield* Effect.provide(find("acme"), inTable(database)), { accessToken: token })
    })
  )

  it.effect("shows no token when it is encrypted, whose keys can be replaced", () =>
    Effect.gen(function* () {
      const database = new DatabaseSync(":memory:")
      const before = inTable(database, { key: key(1) })
      const during = inTable(database, { key: [key(2), key(1)] })
      const after = inTable(database, { key: key(2) })
      yield* Effect.provide(set("acme", token), before)
      assert.notInclude(rows(database), token.slice(0, 8))
      assert.deepStrictEqual(yield* Effect.provide(find("acme"), during), { accessToken: token })
      assert.include((yield* Effect.flip(Effect.provide(find("acme"), after))).message, "another key")
      yield* Effect.provide(set("acme", token), during)
      assert.deepStrictEqual(yield* Effect.provide(find("acme"), after), { accessToken: token })
      assert.include((yield* Effect.flip(Effect.provide(find("acme"), inTable(database)))).message, "no key")
    })
  )

  it.effect("gives no workspace the token of another, whoever moves rows", () =>
    Effect.gen(function* () {
      const database = new DatabaseSync(":memory:")
      const encrypted = inTable(database, { key: key(1) })
      yield* Effect.provide(set("acme", token), encrypted)
      database.exec("INSERT INTO intercom_tokens SELECT 'globex', credentials FROM intercom_tokens")
      const error = yield* Effect.flip(Effect.provide(find("globex"), encrypted))
      assert(error instanceof TokenStoreError && error.problem === "malformed")
      database.exec("UPDATE intercom_tokens SET credentials = 'planted'")
      assert.include((yield* Effect.flip(Effect.provide(find("acme"), encrypted))).message, "not encrypted")
    })
  )

  it.effect("has what others wrote there in its list, fails for it alone, and removes it", () =>
    Effect.gen(function* () {
      const database = new DatabaseSync(":memory:")
      yield* Effect.gen(function* () {
        const { find, keys, remove, set } = yield* TokenStore
        const insert = database.prepare("INSERT INTO intercom_tokens VALUES (?, ?)")
        insert.run("acme", `{"accessToken":"${token}","Region":"eu"}`)
        const error = yield* Effect.flip(find("acme"))
        assert(error instanceof TokenStoreError && error.problem === "malformed")
        assert.include(error.message, '"Region"')
        insert.run("Acme Inc", token)
        yield* set("globex", credentials(token))
        assert.deepStrictEqual(yield* keys, ["Acme Inc", "acme", "globex"])
        const unnamed = yield* Effect.flip(find("Acme Inc"))
        assert(unnamed instanceof TokenStoreError && unnamed.problem === "name")
        assert.include(unnamed.message, '"Acme Inc"')
        assert.include(unnamed.message, "remove it, and store its token under another name")
        yield* remove("Acme Inc")
        yield* remove("acme")
        assert.deepStrictEqual(yield* keys, ["globex"])
        assert.strictEqual((yield* Effect.flip(remove("Acme Inc"))).problem, "name")
      }).pipe(Effect.provide(inTable(database)))
    })
  )

  it.effect("tells what the database says, but for the token", () =>
    Effect.gen(function* () {
      const database = new DatabaseSync(":memory:")
      yield* Effect.gen(function* () {
        database.exec("DROP TABLE intercom_tokens; CREATE TABLE intercom_tokens (workspace TEXT PRIMARY KEY)")
        const error = yield* Effect.flip(set("acme", token))
        assert.strictEqual(error.problem, "failed")
        assert.include(error.message, "credentials")
        database.exec(
          "DROP TABLE intercom_tokens; CREATE TABLE intercom_tokens (workspace TEXT PRIMARY KEY, credentials TEXT);" +
            "CREATE TRIGGER echo BEFORE INSERT ON intercom_tokens BEGIN SELECT RAISE(ABORT, new.credentials); END"
        )
        const echoed = yield* Effect.flip(set("acme", token))
        assert.include(echoed.message, "<redacted>")
        assert.notInclude(yield* shown(set("acme", token)), token)
      }).pipe(Effect.provide(inTable(database)))
    })
  )

  it.effect("wants keys of 32 bytes", () =>
    Effect.gen(function* () {
      const refused = (key: Redacted.Redacted | ReadonlyArray<Redacted.Redacted>) =>
        Layer.build(TokenStore.layerSql({ key })).pipe(
          Effect.provide(Sqlite.layer(new DatabaseSync(":memory:"))),
          Effect.scoped,
          Effect.flip
        )
      for (const key of [Redacted.make("short"), Redacted.make("?"), [Redacted.make("")]]) {
        const error = yield* refused(key)
        assert(error._tag === "TokenKeyError" && error.problem === "malformed")
        assert.include(error.message, "openssl rand -base64 32")
      }
      const none = yield* refused([])
      assert(none._tag === "TokenKeyError" && none.problem === "absent")
    })
  )
})

describe("memory", () => {
  it.effect("is not made of what could not be set", () =>
    Effect.gen(function* () {
      const refused = (tokens: Parameters<typeof TokenStore.layerMemory>[0]) =>
        Effect.flip(Effect.scoped(Layer.build(TokenStore.layerMemory(tokens))))
      const named = yield* refused({ acme: credentials(token), "Acme Inc": credentials(token) })
      assert.strictEqual(named.problem, "name")
      assert.include(named.message, '"Acme Inc"')
      const malformed = yield* refused({ acme: credentials(`${token} ${token}`) })
      assert.strictEqual(malformed.problem, "malformed")
      assert.include(malformed.message, '"acme"')
      assert.notInclude(yield* shown(refused({ acme: credentials(`${token} ${token}`) })), token)
    })
  )
})

describe("a store of one's own", () => {
  it.effect("may say what it was asked for, and no token is shown", () =>
    Effect.gen(function* () {
      const failing = (message: string) => {
        const { find } = TokenStore.make({ find: () => Effect.fail(new Error(message)) })
        return find("acme")
      }
      const bare = token.replaceAll("=", "")
      for (const [message, told] of [
        ["GET /acme with authorization: Bearer  s.vault-1 was refused", "authorization: Bearer <redacted> was refused"],
        [`{"Authorization":"bearer s.vault-1","other":"was refused"}`, `"bearer <redacted>","other":"was refused"}`],
        [`acme has ${token}: was refused`, "acme has <redacted>: was refused"],
        [`acme has ${bare}: was refused`, "acme has <redacted>: was refused"],
        [`acme has token=${token}&more: was refused`, "acme has token=<redacted>&more: was refused"]
      ] as const) {
        const error = yield* Effect.flip(failing(message))
        assert.include(error.message, told)
        const all = yield* shown(failing(message))
        assert.notInclude(all, token)
        assert.notInclude(all, "s.vault-1")
      }
    })
  )

  it.effect("may know more of a workspace that is unknown", () =>
    Effect.gen(function* () {
      const gone = new UnknownWorkspace({ workspace: "acme", remedy: "It was uninstalled." })
      const { find } = TokenStore.make({ find: () => Effect.fail(gone) })
      assert.deepStrictEqual(yield* Effect.flip(find("acme")), gone)
      assert.include(gone.message, "It was uninstalled.")
    })
  )

  it.effect("is asked for names only, and what it finds is checked", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const { find, keys, remove, set } = TokenStore.make({
        find: (workspace) => {
          asked.push(workspace)
          if (workspace === "broken") return Effect.fail(new Error("the vault is sealed"))
          return Effect.succeed(workspace === "bad" ? credentials("a b") : undefined)
        }
      })
      for (const name of ["../acme", "acme"]) {
        assert.strictEqual((yield* Effect.flip(find(name)))._tag, "UnknownWorkspace")
      }
      const broken = yield* Effect.flip(find("broken"))
      assert(broken instanceof TokenStoreError && broken.problem === "failed")
      assert.include(broken.message, "the vault is sealed")
      const bad = yield* Effect.flip(find("bad"))
      assert(bad instanceof TokenStoreError && bad.problem === "malformed")
      for (const effect of [keys, remove("acme"), set("acme", credentials(token))]) {
        assert.strictEqual((yield* Effect.flip(effect)).problem, "unsupported")
      }
      assert.deepStrictEqual(asked, ["acme", "broken", "bad"])
    })
  )
})

describe("what is told", () => {
  const wanted =
    "A name is 1 to 128 letters of ASCII, digits and . _ - : @, begins with a letter or digit, and is no property of all objects"
  const description = "why\n"

  it.each([
    ["find", "The token cannot be read"],
    ["set", "The token cannot be stored"],
    ["remove", "The token cannot be removed"],
    ["keys", "The workspaces cannot be listed"]
  ] as const)("when it cannot %s: %s", (operation, what) => {
    const error = new TokenStoreError({ operation, problem: "failed", description })
    assert.strictEqual(error.message, `${what}: why\\n`)
    const ofOne = new TokenStoreError({ operation, problem: "failed", description, workspace: "a\nb" })
    assert.strictEqual(ofOne.message, `${what} (workspace "a\\nb"): why\\n`)
  })

  it("of a workspace nobody knows", () => {
    const messageOf = (workspace: string, remedy?: string) =>
      new UnknownWorkspace({ workspace, ...(remedy === undefined ? undefined : { remedy }) }).message
    const start = 'No token is stored for the workspace "acme".'
    assert.strictEqual(messageOf("acme"), `${start} Install the app there, and store its token, or check the name.`)
    assert.strictEqual(messageOf("acme", "Ask\nAda."), `${start} Ask\\nAda.`)
    assert.strictEqual(messageOf("a b", "Ask."), `No token is stored for the workspace "a b". ${wanted}.`)
    const long = "a".repeat(128)
    assert.include(messageOf(long), `"${long}"`)
    assert.include(messageOf(`${long}b`), `"${long}…"`)
  })

  it("of keys", () => {
    const remedy = 'Give 32 random bytes in base64, as "openssl rand -base64 32" prints.'
    const messageOf = (problem: "absent" | "malformed") => new TokenKeyError({ problem }).message
    assert.strictEqual(messageOf("absent"), `There is no key to encrypt tokens with. ${remedy}`)
    assert.strictEqual(messageOf("malformed"), `A key is malformed to encrypt tokens with. ${remedy}`)
  })

  it.live("of files, in words", () =>
    Effect.gen(function* () {
      const there = "There are accessToken, region, baseUrl, version."
      const long = "x".repeat(25)
      const told = {
        cut: ['{"accessToken":', "it is no JSON."],
        list: ["[1]", `it has fields that are unknown: "0". ${there}`],
        strange: ['{"a b":1}', `it has fields that are unknown: one with a strange name. ${there}`],
        long: [`{"${long}":1}`, `it has fields that are unknown: one with a strange name. ${there}`],
        known: [
          `{"${long.slice(1)}":1,"-a":1,"a-":1}`,
          `unknown: "${long.slice(1)}", one with a strange name, one with a`
        ],
        variable: [
          "TOKEN=abc",
          "it is an assignment: leave out the name and the sign, and keep the token alone, or JSON."
        ],
        several: ['{"accessToken":"a b","region":"mars"}', "; region must be "]
      } as const
      const path = yield* directory(Object.fromEntries(Object.entries(told).map(([name, [text]]) => [name, text])))
      const { find } = yield* Effect.provide(TokenStore, TokenStore.layerDirectory(path))
      for (const [name, [, expected]] of Object.entries(told)) {
        assert.include((yield* Effect.flip(find(name))).message, expected, name)
      }
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )

  it.live("is no assignment that is base64, and no JSON that is a token", () =>
    Effect.gen(function* () {
      const path = yield* directory({
        padded: "dG9rOg==",
        one: "dG9rOmE=",
        inside: "a+b=c",
        open: "a[b",
        spaced: `  "a[b"  `
      })
      const { find } = yield* Effect.provide(TokenStore, TokenStore.layerDirectory(path))
      const tokens = yield* Effect.forEach(["padded", "one", "inside", "open", "spaced"], (name) =>
        Effect.map(find(name), ({ accessToken }) => `${Redacted.value(accessToken)} ${String(accessToken)}`)
      )
      const label = "<redacted:access token>"
      assert.deepStrictEqual(tokens, [
        `dG9rOg== ${label}`,
        `dG9rOmE= ${label}`,
        `a+b=c ${label}`,
        `a[b ${label}`,
        `a[b ${label}`
      ])
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )

  it.effect("of variables and of stores that do not do it", () =>
    Effect.gen(function* () {
      const env = yield* Effect.provide(
        TokenStore,
        Layer.provide(TokenStore.layerEnv, ConfigProvider.layer(ConfigProvider.fromEnv({ env: {} })))
      )
      const own = TokenStore.make({ find: () => Effect.succeed(undefined) })
      const told = (store: typeof own) =>
        Effect.forEach([store.set("acme", credentials(token)), store.remove("acme"), store.keys], (effect) =>
          Effect.map(Effect.flip(effect), ({ message }) => message)
        )
      assert.deepStrictEqual(yield* told(env), [
        'The token cannot be stored (workspace "acme"): variables cannot be written. Change the environment.',
        'The token cannot be removed (workspace "acme"): variables cannot be written. Change the environment.',
        "The workspaces cannot be listed: set INTERCOM_WORKSPACES to the names of the workspaces, separated by commas."
      ])
      assert.deepStrictEqual(yield* told(own), [
        'The token cannot be stored (workspace "acme"): this store does not do that.',
        'The token cannot be removed (workspace "acme"): this store does not do that.',
        "The workspaces cannot be listed: this store does not do that."
      ])
    })
  )

  it.effect("in spans, by the name of the workspace", () =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const { find, keys } = TokenStore.make({
        find: () => Effect.succeed(credentials(token)),
        keys: Effect.succeed([])
      })
      yield* observed.watch(Effect.andThen(find("acme"), keys))
      assert.deepStrictEqual(
        observed.spans.map(({ attributes, name }) => [name, Object.fromEntries(attributes)]),
        [
          ["TokenStore.find", { workspace: "acme" }],
          ["TokenStore.keys", {}]
        ]
      )
    })
  )

  it.effect("of what fails with no error, and of one that is the store's own", () =>
    Effect.gen(function* () {
      const fail = (error: unknown) => Effect.flip(TokenStore.make({ find: () => Effect.fail(error) }).find("acme"))
      assert.include((yield* fail("sealed")).message, ": sealed")
      const own = new TokenStoreError({ operation: "keys", problem: "unsupported", description: "no" })
      assert.strictEqual(yield* fail(own), own)
      assert.isBelow((yield* fail("x".repeat(900))).message.length, 600)
    })
  )
})

describe("encryption", () => {
  it.effect("opens nothing that is cut, or no base64, and takes keys with spaces around them", () =>
    Effect.gen(function* () {
      const database = new DatabaseSync(":memory:")
      const spaced = Redacted.make(` ${Redacted.value(key(1))}\n`)
      yield* Effect.gen(function* () {
        const { find, set } = yield* TokenStore
        yield* set("acme", credentials(token))
        const [row] = database.prepare("SELECT credentials FROM intercom_tokens").all()
        const stored = String(row?.["credentials"])
        assert.isTrue(stored.startsWith("aes256gcm:"))
        for (const [changed, expected] of [
          [stored.slice(0, -8), "it was encrypted with another key, or for another workspace, or was changed."],
          ["aes256gcm:?", "it was encrypted with another key, or for another workspace, or was changed."],
          ["aes256gcm:", "it was encrypted with another key, or for another workspace, or was changed."],
          [`x${stored}`, "it is not encrypted, as this store wants it. Set it again."]
        ] as const) {
          database.prepare("UPDATE intercom_tokens SET credentials = ?").run(changed)
          assert.include((yield* Effect.flip(find("acme"))).message, expected)
        }
        database.prepare("UPDATE intercom_tokens SET credentials = ?").run(stored)
        assert.deepStrictEqual(plain(yield* find("acme")), { accessToken: token })
      }).pipe(Effect.provide(inTable(database, { key: spaced })))
      const open = yield* Effect.provide(TokenStore, inTable(database))
      assert.include(
        (yield* Effect.flip(open.find("acme"))).message,
        "it is encrypted, and the store was given no key."
      )
    })
  )

  it.effect("is never the same twice", () =>
    Effect.gen(function* () {
      const database = new DatabaseSync(":memory:")
      const stored = Effect.gen(function* () {
        yield* TokenStore.use(({ set }) => set("acme", credentials(token)))
        return JSON.stringify(database.prepare("SELECT * FROM intercom_tokens").all())
      })
      const two = yield* Effect.provide(Effect.all([stored, stored]), inTable(database, { key: key(1) }))
      assert.notStrictEqual(two[0], two[1])
    })
  )
})

describe("tables", () => {
  it.effect("may have another name, and one collation has no workspace for another", () =>
    Effect.gen(function* () {
      const database = new DatabaseSync(":memory:")
      database.exec("CREATE TABLE mine (workspace TEXT PRIMARY KEY COLLATE NOCASE, credentials TEXT)")
      const { find, set } = yield* Effect.provide(TokenStore, inTable(database, { table: "mine" }))
      yield* set("acme", credentials(token))
      assert.strictEqual((yield* Effect.flip(find("ACME")))._tag, "UnknownWorkspace")
      assert.lengthOf(database.prepare("SELECT * FROM mine").all(), 1)
    })
  )
})

describe("what a store is on", () => {
  const find = () => Effect.succeed(undefined)

  it.effect("may list what is no name, or nothing", () =>
    Effect.gen(function* () {
      const keys = Effect.succeed(["a b"])
      for (const backend of [
        { find, keys },
        { find, otherNames: "Remove it." }
      ]) {
        assert.strictEqual((yield* Effect.flip(TokenStore.make(backend).find("a b")))._tag, "UnknownWorkspace")
      }
    })
  )

  it.effect("may fail to change, whatever that was", () =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const fail = () => Effect.fail(new Error("sealed"))
      const store = TokenStore.make({ find, set: fail, remove: fail })
      for (const [effect, operation] of [
        [store.set("acme", credentials(token)), "set"],
        [store.remove("acme"), "remove"]
      ] as const) {
        const error = yield* observed.watch(Effect.flip(effect))
        assert.deepInclude({ ...error }, { operation, workspace: "acme", problem: "failed", description: "sealed" })
      }
      assert.deepStrictEqual(
        observed.spans.map(({ name }) => name),
        ["TokenStore.set", "TokenStore.remove"]
      )
    })
  )

  it.effect("may fail to list, whatever that was for", () =>
    Effect.gen(function* () {
      const keys = Effect.fail(new Error("sealed"))
      const store = TokenStore.make({ find, remove: () => Effect.void, keys, otherNames: "Remove it." })
      for (const [effect, operation] of [
        [store.find("a b"), "find"],
        [store.remove("a b"), "remove"],
        [store.keys, "keys"]
      ] as const) {
        const error = yield* Effect.flip(effect)
        assert(error instanceof TokenStoreError)
        assert.deepInclude(
          { ...error },
          { _tag: "TokenStoreError", operation, problem: "failed", description: "sealed" }
        )
        assert.strictEqual(error.workspace, operation === "keys" ? undefined : "a b")
      }
    })
  )

  it.effect("tells nobody of changes who does not listen any more", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const { onChange, set } = yield* TokenStore
      const listen = onChange?.((workspace) => Effect.sync(() => told.push(workspace)))
      assert.isDefined(listen)
      yield* Effect.scoped(Effect.andThen(listen ?? Effect.void, set("acme", credentials(token))))
      yield* set("globex", credentials(token))
      assert.deepStrictEqual(told, ["acme"])
    }).pipe(Effect.provide(TokenStore.layerMemory()))
  )

  it.effect("gives nothing that is no credentials", () =>
    Effect.gen(function* () {
      // As someone without types would.
      const { find } = TokenStore.make({ find: () => Effect.succeed(null as unknown as Credentials) })
      assert.include((yield* Effect.flip(find("acme"))).message, ": it must be ")
    })
  )

  it.live("may be a directory that is none, has what leads nowhere, and keeps no drafts", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* directory({ file: token })
      const none = yield* Effect.provide(TokenStore, TokenStore.layerDirectory(`${path}/file`))
      for (const effect of [none.find("acme"), none.keys]) {
        const error = yield* Effect.flip<unknown, UnknownWorkspace | TokenStoreError, never>(effect)
        assert(error instanceof TokenStoreError && error.problem === "failed")
      }
      yield* fs.symlink(`${path}/nowhere`, `${path}/acme`)
      yield* fs.makeDirectory(`${path}/folder/full`, { recursive: true })
      const { find, set } = yield* Effect.provide(TokenStore, TokenStore.layerDirectory(path))
      assert.strictEqual((yield* Effect.flip(find("acme")))._tag, "UnknownWorkspace")
      assert.strictEqual((yield* Effect.flip(set("folder", credentials(token)))).problem, "failed")
      assert.sameMembers([...(yield* fs.readDirectory(path))], ["acme", "file", "folder"])
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
  )

  it.effect("may be a table of a user who makes none", () =>
    Effect.gen(function* () {
      const withoutMaking = (database: DatabaseSync) => {
        const { SQLITE_CREATE_TABLE, SQLITE_DENY, SQLITE_OK } = constants
        database.setAuthorizer((action) => (action === SQLITE_CREATE_TABLE ? SQLITE_DENY : SQLITE_OK))
        return TokenStore.layerSql().pipe(Layer.provide(Sqlite.layer(database)), Layer.build, Effect.scoped)
      }
      const database = new DatabaseSync(":memory:")
      yield* Effect.scoped(Layer.build(inTable(database)))
      yield* withoutMaking(database)
      assert.strictEqual((yield* Effect.flip(withoutMaking(new DatabaseSync(":memory:"))))._tag, "SqlError")
    })
  )
})
