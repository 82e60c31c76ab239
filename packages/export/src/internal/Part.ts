/**
 * A file that grows with each commit. What it holds is known to the byte, so that an export after a crash can cut off
 * what the last one wrote beyond its checkpoint.
 *
 * A compressed part consists of members of a fixed plain size: a member ends with the first line that makes it
 * {@link memberSize} characters or more. So the bytes depend on the lines alone, not on how they came; what does not fill
 * a member yet is not in the file, but in the state.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Iterable from "effect/Iterable"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { Compression, type Format } from "../Compression.ts"
import { PartChanged, type Reason } from "../ExportError.ts"
import { type Hash, Sha256 } from "../Sha256.ts"
import * as Files from "./Files.ts"

export const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** A SHA-256, in hexadecimal. */
export const Digest = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))

/** What a part holds. */
export const State = Schema.Struct({
  /** Lines, those of the tail among them. */
  records: Count,
  /** Of the file. */
  bytes: Count,
  /** Of those bytes. */
  sha256: Digest,
  /** Lines that wait for their member to be full. */
  tail: Schema.String.check(Schema.isPattern(/^$|\n$/, { expected: "whole lines" }))
})
export type State = typeof State.Type

/** Nothing yet. */
export const empty: State = {
  records: 0,
  bytes: 0,
  sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  tail: ""
}

/**
 * Characters of text in a compressed member. More would compress a little better, but the tail is written with each
 * checkpoint, and strings beyond V8's 128 KB are collected late: with 262,144 an export took 80 MB more.
 */
const memberSize = 65_536

/** What a part is after an append; it counts once it is accepted. */
export interface Growth {
  readonly state: State
  readonly hash: Hash
}

export interface Part {
  readonly path: string
  /** Appends lines; they are on the disk when it returns, but for the tail. */
  readonly append: (lines: Iterable<string>) => Effect.Effect<Growth, Reason>
  /** Appends the tail too, and the header, should there be no lines; the file exists then, whatever is in it. */
  readonly seal: Effect.Effect<Growth, Reason>
  /** From here on the part is this; what was appended and not accepted goes with the next append. */
  readonly accept: (growth: Growth) => Effect.Effect<void>
}

export interface Options {
  readonly path: string
  /** Named by the failure when the part is not what the checkpoint says. */
  readonly checkpoint: string
  readonly state: State
  readonly compression: Format | undefined
  /** What stands before the first line. @default nothing */
  readonly header?: string | undefined
}

/** Opens the part that `state` describes. Fails with `PartChanged` when it is not what is there. */
export const open = Effect.fnUntraced(function* ({ checkpoint, compression, header, path, state }: Options) {
  const context = yield* Effect.context<FileSystem.FileSystem | Compression>()
  const fs = yield* FileSystem.FileSystem
  const changed = new PartChanged({ path, checkpoint })
  const current = yield* Ref.make<Growth>({ state, hash: yield* verify(path, state, changed) })
  // Whether there may be bytes in the file that were not accepted.
  const dirty = yield* Ref.make(false)

  const write = Effect.fnUntraced(function* (before: State, bytes: Uint8Array) {
    if (yield* Ref.getAndSet(dirty, true)) yield* cut(path, before.bytes)
    yield* Effect.scoped(
      Effect.gen(function* () {
        const file = yield* Files.at(path)(fs.open(path, { flag: "a" }))
        const { size } = yield* Files.at(path)(file.stat)
        if (Number(size) !== before.bytes) return yield* changed
        yield* Files.at(path)(Effect.andThen(file.writeAll(bytes), file.sync))
      })
    )
  })

  const encode = encoder(compression, header)

  // Lines and strings are dropped before the disk is awaited, or they survive long enough to be promoted to the old
  // generation, whose garbage stays.
  const grow = Effect.fnUntraced(function* (lines?: Iterable<string>) {
    const before = yield* Ref.get(current)
    const { bytes, count, tail } = yield* encode(before.state, lines)
    if (bytes.length > 0 || lines === undefined) yield* write(before.state, bytes)
    const hash = yield* before.hash.copy
    yield* hash.update(bytes)
    const { state } = before
    return {
      hash,
      state: {
        records: state.records + count,
        bytes: state.bytes + bytes.length,
        sha256: yield* hash.hex,
        tail
      }
    } satisfies Growth
  })

  const part: Part = {
    path,
    append: (lines) => Effect.provideContext(grow(lines), context),
    seal: Effect.provideContext(grow(), context),
    accept: (growth) => Effect.andThen(Ref.set(current, growth), Ref.set(dirty, false))
  }
  return part
})

/** Cuts the file to what the state says; the hash of that. */
const verify = Effect.fnUntraced(function* (path: string, { bytes, sha256 }: State, changed: PartChanged) {
  const fs = yield* FileSystem.FileSystem
  const hash = yield* (yield* Sha256).make
  if (bytes === 0) {
    yield* Files.remove(path)
    return hash
  }
  if (!(yield* Files.exists(path)) || (yield* Files.size(path)) < bytes) return yield* changed
  yield* Files.at(path)(fs.truncate(path, bytes))
  yield* Files.scan(path, hash.update)
  return (yield* hash.hex) === sha256 ? hash : yield* changed
})

/** Takes away what is behind; there is less when an append failed at once. */
const cut = Effect.fnUntraced(function* (path: string, bytes: number) {
  const fs = yield* FileSystem.FileSystem
  if ((yield* Files.exists(path)) && (yield* Files.size(path)) > bytes) yield* Files.at(path)(fs.truncate(path, bytes))
})

/** What lines become in the file, good until the next lines are encoded. */
interface Encoded {
  readonly bytes: Uint8Array
  /** How many lines there were. */
  readonly count: number
  readonly tail: string
}

/** Lines as a part has them: what fills its members, and the tail. Without lines, the part ends. */
export const encoder = (
  compression: Format | undefined,
  header = ""
): ((state: State, lines?: Iterable<string>) => Effect.Effect<Encoded, never, Compression>) => {
  const encode = utf8()
  return (state, lines) =>
    Effect.suspend(() => {
      const ends = lines === undefined
      const all = state.records > 0 ? (lines ?? []) : headed(header, lines)
      if (compression === undefined) {
        const { bytes, count } = encode(all)
        return Effect.succeed({ bytes, count: ends ? 0 : count, tail: "" })
      }
      const { count, members, tail } = split(state, all, ends)
      return Effect.map(
        Effect.forEach(members, (text) =>
          Effect.flatMap(Compression, ({ compress }) => compress(compression, new TextEncoder().encode(text)))
        ),
        (pieces) => ({ bytes: concat(pieces), count: ends ? 0 : count, tail })
      )
    })
}

/** The header goes with the first line, or alone where none will come. */
const headed = (header: string, lines: Iterable<string> | undefined): Iterable<string> => {
  if (header === "") return lines ?? []
  return lines === undefined
    ? [header]
    : Iterable.map(lines, (line, index) => (index === 0 ? `${header}${line}` : line))
}

/** Encodes texts one behind the other, each time into the same memory. */
const utf8 = () => {
  const encoder = new TextEncoder()
  let memory = new Uint8Array(memberSize)
  return (texts: Iterable<string>): Pick<Encoded, "bytes" | "count"> => {
    let count = 0
    let at = 0
    for (const text of texts) {
      // A character is three bytes at most.
      const most = at + text.length * 3
      if (most > memory.length) {
        const larger = new Uint8Array(most * 2)
        larger.set(memory.subarray(0, at))
        memory = larger
      }
      at += encoder.encodeInto(text, memory.subarray(at)).written
      count += 1
    }
    return { bytes: memory.subarray(0, at), count }
  }
}

interface Members {
  readonly members: ReadonlyArray<string>
  /** How many lines there were, those of the tail before not among them. */
  readonly count: number
  readonly tail: string
}

/** The members that are full, and the lines that are left, which are a member, too, when the part `ends`. */
const split = ({ bytes, tail }: State, lines: Iterable<string>, ends: boolean): Members => {
  const members: Array<string> = []
  let waiting: Array<string> = [tail]
  let length = tail.length
  let count = 0
  for (const line of lines) {
    count += 1
    waiting.push(line)
    length += line.length
    if (length < memberSize) continue
    members.push(waiting.join(""))
    waiting = []
    length = 0
  }
  const left = waiting.join("")
  if (!ends) return { members, count, tail: left }
  // A file needs one member, so that it can be read.
  const isMember = left !== "" || bytes + members.length === 0
  return { members: isMember ? [...members, left] : members, count, tail: "" }
}

const concat = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const [first] = pieces
  if (first !== undefined && pieces.length === 1) return first
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
