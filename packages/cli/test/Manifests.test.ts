// The manifests of examples/fleet: what they run is a command that there is, and what they set is read.
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseAllDocuments, parseDocument } from "yaml"
import * as Command from "./Command.ts"

const root = join(import.meta.dirname, "../../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")

/** Every document of a file, without errors or warnings. */
const documentsOf = (text: string): ReadonlyArray<unknown> =>
  [parseAllDocuments(text)].flat().map((document) => {
    assert.deepStrictEqual([...document.errors, ...document.warnings], [])
    return document.toJS() as unknown
  })

const Labels = Schema.Record(Schema.String, Schema.String)
const Selector = Schema.Struct({ matchLabels: Labels })
const Ports = Schema.Array(Schema.Struct({ protocol: Schema.Literal("TCP"), port: Schema.Int }))

const Deployment = Schema.Struct({
  kind: Schema.Literal("Deployment"),
  spec: Schema.Struct({
    selector: Selector,
    minReadySeconds: Schema.Int,
    template: Schema.Struct({
      metadata: Schema.Struct({ labels: Labels }),
      spec: Schema.Struct({
        terminationGracePeriodSeconds: Schema.Int,
        automountServiceAccountToken: Schema.Literal(false),
        // Of the "restricted" standard for pods.
        securityContext: Schema.Struct({
          runAsNonRoot: Schema.Literal(true),
          seccompProfile: Schema.Struct({ type: Schema.Literal("RuntimeDefault") })
        }),
        topologySpreadConstraints: Schema.Tuple([Schema.Struct({ labelSelector: Selector })]),
        containers: Schema.Tuple([
          Schema.Struct({
            args: Schema.Array(Schema.String),
            env: Schema.Array(Schema.Struct({ name: Schema.String, valueFrom: Schema.Unknown })),
            ports: Schema.Tuple([Schema.Struct({ name: Schema.String, containerPort: Schema.Int })]),
            readinessProbe: Schema.Struct({ tcpSocket: Schema.Struct({ port: Schema.String }) }),
            securityContext: Schema.Struct({
              allowPrivilegeEscalation: Schema.Literal(false),
              readOnlyRootFilesystem: Schema.Literal(true),
              capabilities: Schema.Struct({ drop: Schema.Tuple([Schema.Literal("ALL")]) })
            }),
            volumeMounts: Schema.Tuple([
              Schema.Struct({ name: Schema.String, mountPath: Schema.String, readOnly: Schema.Boolean })
            ])
          })
        ]),
        volumes: Schema.Tuple([Schema.Struct({ name: Schema.String, secret: Schema.Unknown })])
      })
    })
  })
})
const Budget = Schema.Struct({
  kind: Schema.Literal("PodDisruptionBudget"),
  spec: Schema.Struct({ selector: Selector })
})
const Policy = Schema.Struct({
  kind: Schema.Literal("NetworkPolicy"),
  spec: Schema.Struct({
    podSelector: Selector,
    ingress: Schema.Tuple([
      Schema.Struct({ from: Schema.Tuple([Schema.Struct({ podSelector: Selector })]), ports: Ports })
    ])
  })
})
const Kubernetes = Schema.Tuple([Deployment, Budget, Policy])

const Compose = Schema.Struct({
  services: Schema.Struct({
    database: Schema.Struct({ image: Schema.String, volumes: Schema.Array(Schema.String) }),
    runner: Schema.Struct({
      build: Schema.String,
      entrypoint: Schema.Tuple([Schema.Literal("sh"), Schema.Literal("-c"), Schema.String]),
      environment: Schema.Record(Schema.String, Schema.String),
      volumes: Schema.Array(Schema.String),
      stop_grace_period: Schema.String,
      depends_on: Schema.Struct({ database: Schema.Unknown })
    })
  }),
  volumes: Schema.Record(Schema.String, Schema.Null)
})

const kubernetes = Effect.suspend(() =>
  Schema.decodeUnknownEffect(Kubernetes)(documentsOf(read("examples/fleet/kubernetes.yaml")))
)
const compose = Effect.suspend(() =>
  Schema.decodeUnknownEffect(Compose)(documentsOf(read("examples/fleet/compose.yaml"))[0])
)

const sources = globSync("packages/{cli,fleet,export,core}/src/**/*.ts", { cwd: root }).map(read).join("\n")

const valueAfter = (args: ReadonlyArray<string>, flag: string) => args[args.indexOf(flag) + 1]

/** Runs a command where nothing listens at the address of the fleet's database: it comes as far as that. */
const comesToTheDatabase = Effect.fnUntraced(function* (
  [program, ...args]: ReadonlyArray<string>,
  variables: ReadonlyArray<string>
) {
  assert.strictEqual(program, "intercom")
  for (const name of variables) assert.include(sources, `"${name}"`)
  const directory = yield* Command.temporary
  yield* (yield* FileSystem.FileSystem).writeFileString(`${directory}/acme`, "t0ken")
  const mounted = valueAfter(args, "--tokens")
  const env = Object.fromEntries(variables.map((name) => [name, "postgres://tester:pass@127.0.0.1:1/postgres"]))
  const told = yield* Command.inProcess(
    args.map((arg) => (arg === mounted ? directory : arg)),
    { ...env, INTERCOM_FLEET_HOST: "10.0.0.7" }
  )
  assert.strictEqual(told.code, 1, told.stderr)
  assert.match(
    told.stderr,
    /^The database of the fleet failed: .+ECONNREFUSED 127\.0\.0\.1:1.+ Check that it runs, and its address\.$/
  )
  return mounted
})

describe("the manifests of a fleet", () => {
  it.live("for Kubernetes run a runner", () =>
    Effect.gen(function* () {
      const [{ spec }, budget, policy] = yield* kubernetes
      const { containers, terminationGracePeriodSeconds, topologySpreadConstraints, volumes } = spec.template.spec
      const [{ args, env, ports, readinessProbe, volumeMounts }] = containers
      const mounted = yield* comesToTheDatabase(
        ["intercom", ...args],
        env.map(({ name }) => name)
      )
      assert.strictEqual(volumeMounts[0].mountPath, mounted)
      assert.strictEqual(volumeMounts[0].name, volumes[0].name)
      assert.isAbove(terminationGracePeriodSeconds, 15)
      assert.isAbove(spec.minReadySeconds, 0)
      assert.strictEqual(readinessProbe.tcpSocket.port, ports[0].name)
      // All are about the same pods, and the one port runners listen at.
      const { labels } = spec.template.metadata
      const [ingress] = policy.spec.ingress
      for (const { matchLabels } of [
        spec.selector,
        topologySpreadConstraints[0].labelSelector,
        budget.spec.selector,
        policy.spec.podSelector,
        ingress.from[0].podSelector
      ]) {
        assert.deepStrictEqual(matchLabels, labels)
      }
      assert.deepStrictEqual([ports[0].containerPort, ...ingress.ports.map(({ port }) => port)], [34_431, 34_431])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it("for Kubernetes are those of the README", () => {
    const [, block = ""] = /```yaml\n(.*?)```/s.exec(read("packages/fleet/README.md")) ?? []
    const [deployment] = documentsOf(read("examples/fleet/kubernetes.yaml"))
    assert.deepStrictEqual(parseDocument(block).toJS(), deployment)
  })

  it.live("for Docker Compose run a runner", () =>
    Effect.gen(function* () {
      const { services, volumes } = yield* compose
      const { depends_on, entrypoint, environment, stop_grace_period, volumes: mounts } = services.runner
      // As the shell splits it.
      const words = entrypoint[2]
        .replace("exec ", "")
        .replace(`"$$(hostname -i | cut -d' ' -f1)"`, "10.0.0.7")
        .match(/'[^']*'|\S+/g)
      const mounted = yield* comesToTheDatabase(
        (words ?? []).map((word) => word.replaceAll("'", "")),
        Object.keys(environment)
      )
      assert.deepStrictEqual(mounts, [`./tokens:${mounted}:ro`])
      assert.strictEqual(stop_grace_period, "30s")
      assert.isDefined(depends_on.database)
      assert.deepStrictEqual(
        services.database.volumes.map((volume) => volume.split(":")[0]),
        Object.keys(volumes)
      )
      for (const url of Object.values(environment)) assert.match(url, /@database\/postgres$/)
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
