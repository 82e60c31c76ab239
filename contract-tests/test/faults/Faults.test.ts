/** The faults of `pnpm contract:faults` have a place in the client as it is. */
import { assert, describe, it } from "@effect/vitest"
import { type Fault, faults } from "./Faults.ts"
import { apply, read } from "./Patch.ts"

describe("faults in the client", () => {
  it("have names of their own", () => {
    assert.lengthOf(new Set(faults.map(({ name }) => name)), faults.length)
  })

  for (const fault of faults) {
    it(`${fault.file}: ${fault.name}`, () => {
      const text = read(fault.file)
      assert.notStrictEqual(apply(text, fault), text)
    })
  }

  it("are refused where an edit has no place, or several", () => {
    const fault = (find: string): Fault => ({ name: "a fault", file: "A.ts", edits: [[find, ""]] })
    assert.throws(() => apply("abcb", fault("x")), 'a fault: "x" is 0 times in A.ts')
    assert.throws(() => apply("abcb", fault("b")), 'a fault: "b" is 2 times in A.ts')
  })
})
