import * as Cause from "effect/Cause"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

type Test = (value: unknown) => boolean

/**
 * Whether a value is of the schema's type, exactly as `Schema.is` says it.
 *
 * The test is compiled to JavaScript. Checking 150,000 contacts takes it 40 ms; `Schema.is` takes 400 ms with Effect's
 * compiler, which looks up the candidates of every union and every key of an open object, and 2 s without. Where code
 * cannot be generated (Cloudflare Workers, a strict Content-Security-Policy) it is `Schema.is`.
 */
export const typeGuard = <S extends Schema.Top>(schema: S) =>
  // It tells whether a value is of this type.
  ((value) => {
    try {
      return testOf(schema.ast)(value)
    } catch (error) {
      if (isOverflow(error)) return false
      throw error
    }
  }) as (value: unknown) => value is S["Type"]

const tests = new WeakMap<SchemaAST.AST, Test>()

/** The test of a type: made when it is first needed, and once for all clients. */
const testOf = (ast: SchemaAST.AST): Test => {
  const known = tests.get(ast)
  if (known !== undefined) return known
  const type = SchemaAST.toType(ast)
  const test = compile(type) ?? is(type)
  tests.set(ast, test)
  return test
}

// Where code cannot be generated once, it never can.
let mayGenerate = true

/** Whether a test ran out of stack: the value is of a type that contains itself, and too deep to be looked through. */
export const isOverflow = (error: unknown): boolean => {
  if (error instanceof RangeError) return true
  return error instanceof Error && Cause.isCause(error.cause) && isOverflow(Cause.squash(error.cause))
}

const is = (ast: SchemaAST.AST): Test => Schema.is(Schema.make<Schema.Top>(ast))

/** The text of a test, while it is written. Syntax, JSON and numbers: nothing else gets into it. */
interface Source {
  /** A function for each type of object and array. */
  readonly functions: Map<SchemaAST.AST, { readonly name: string; text: string }>
  /** The tests that stay as they are. */
  readonly outside: Array<Test>
}

const compile = (ast: SchemaAST.AST): Test | undefined => {
  if (!mayGenerate) return undefined
  const source: Source = { functions: new Map(), outside: [] }
  const test = expression(ast, source)
  const constants = source.outside.map((_, index) => `const t${index}=outside[${index}];`)
  const text = `"use strict";${constants.join("")}${Array.from(source.functions.values(), ({ text }) => text).join("")}return v=>${test}`
  try {
    // oxlint-disable-next-line no-new-func
    return new Function("outside", text)(source.outside) as Test
  } catch (error) {
    if (error instanceof EvalError) mayGenerate = false
    return undefined
  }
}

/** An expression: is the variable `v` of this type? */
const expression = (ast: SchemaAST.AST, source: Source): string => {
  const ofType = typeExpression(ast, source)
  if (ofType === undefined) return call(source, is(ast))
  const { checks } = ast
  return checks === undefined ? ofType : `${ofType}&&${call(source, (value) => passes(checks, value, ast))}`
}

const typeExpression = (ast: SchemaAST.AST, source: Source): string | undefined => {
  switch (ast._tag) {
    case "Any":
    case "Unknown":
      return "true"
    case "Null":
      return "v===null"
    case "String":
    case "Number":
    case "Boolean":
      return `typeof v==="${ast._tag.toLowerCase()}"`
    case "Union":
      return ast.options?.mode === "oneOf" || ast.types.length === 0
        ? undefined
        : `(${ast.types.map((type) => expression(type, source)).join("||")})`
    case "Arrays":
      return arrayExpression(ast, source)
    case "Objects":
      return objectExpression(ast, source)
    default:
      return undefined
  }
}

const arrayExpression = (ast: SchemaAST.Arrays, source: Source): string | undefined => {
  const [item, ...tail] = ast.rest
  if (ast.elements.length > 0 || item === undefined || tail.length > 0) return undefined
  return define(
    ast,
    source,
    () => `if(!Array.isArray(o))return false;for(const v of o)${must(expression(item, source))}`
  )
}

const objectExpression = (ast: SchemaAST.Objects, source: Source): string | undefined => {
  const { indexSignatures, propertySignatures } = ast
  if (propertySignatures.length + indexSignatures.length === 0) return undefined
  if (!propertySignatures.every(({ name }) => typeof name === "string" && name !== "__proto__")) return undefined
  if (!indexSignatures.every(({ parameter }) => parameter._tag === "String" && parameter.checks === undefined)) {
    return undefined
  }
  return define(ast, source, () => {
    const properties = propertySignatures.map(({ name, type }) => {
      const key = JSON.stringify(name)
      const present = `(v!==undefined||${key} in o)`
      const test = expression(type, source)
      return `v=o[${key}];${must(SchemaAST.isOptional(type) ? `!${present}||${test}` : `${test}&&${present}`)}`
    })
    const rests = indexSignatures
      .map(({ type }) => expression(type, source))
      .filter((test) => test !== "true")
      .map((test) => `for(const k of Object.keys(o)){v=o[k];${must(test)}}`)
    return [`let v;if(typeof o!=="object"||o===null||Array.isArray(o))return false;`, ...properties, ...rests].join("")
  })
}

const must = (test: string): string => `if(!(${test}))return false;`

/** Writes the function for a type once; gives the call of it. */
const define = (ast: SchemaAST.AST, { functions }: Source, body: () => string): string => {
  const known = functions.get(ast)
  if (known !== undefined) return `${known.name}(v)`
  const written = { name: `f${functions.size}`, text: "" }
  functions.set(ast, written)
  written.text = `function ${written.name}(o){${body()}return true}`
  return `${written.name}(v)`
}

const call = ({ outside }: Source, test: Test): string => `t${outside.push(test) - 1}(v)`

const passes = (checks: ReadonlyArray<SchemaAST.Check<unknown>>, value: unknown, ast: SchemaAST.AST): boolean =>
  checks.every((check) =>
    check._tag === "Filter" ? check.run(value, ast, options) === undefined : passes(check.checks, value, ast)
  )

const options: SchemaAST.ParseOptions = {}
