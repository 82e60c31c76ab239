import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaJITCompiler from "effect/schema/SchemaJITCompiler"

/** Whether a value is of the schema's type, as `Schema.is` says it, compiled where the platform allows it. */
export const guard = <S extends Schema.Top>(schema: S): ((value: unknown) => value is S["Type"]) => {
  const ast = lean(SchemaAST.toType(schema.ast))
  SchemaJITCompiler.enable(ast)
  return Schema.is(Schema.make<Schema.Schema<S["Type"]>>(ast))
}

const leaned = new WeakMap<SchemaAST.AST, SchemaAST.AST>()

/**
 * The same type without the checks that cannot fail: a struct's rest of unknown values costs a look at every key, half
 * of the time a page takes.
 */
export const lean = (ast: SchemaAST.AST): SchemaAST.AST => {
  const known = leaned.get(ast)
  if (known !== undefined) return known
  const made = rebuild(ast)
  leaned.set(ast, made)
  return made
}

const rebuild = (ast: SchemaAST.AST): SchemaAST.AST => {
  switch (ast._tag) {
    case "Objects":
      return new SchemaAST.Objects(
        ast.propertySignatures.map(({ name, type }) => new SchemaAST.PropertySignature(name, lean(type))),
        // Without any property the rest is what tells an object from another value.
        ast.propertySignatures.length === 0 ? ast.indexSignatures : ast.indexSignatures.filter(canFail),
        ast.annotations,
        ast.checks,
        undefined,
        ast.context
      )
    case "Arrays":
      return new SchemaAST.Arrays(
        ast.isMutable,
        ast.elements.map(lean),
        ast.rest.map(lean),
        ast.annotations,
        ast.checks,
        undefined,
        ast.context
      )
    case "Union":
      return new SchemaAST.Union(ast.types.map(lean), ast.options, ast.annotations, ast.checks, undefined, ast.context)
    default:
      return ast
  }
}

const canFail = ({ parameter, type }: SchemaAST.IndexSignature): boolean =>
  parameter._tag !== "String" || parameter.checks !== undefined || type._tag !== "Unknown" || type.checks !== undefined
