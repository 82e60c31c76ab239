/** Filters in words: `Search.contact("email").endsWith("@example.com")`. What is made has the API's own signs. */
import type { Digits, Fields, Filter, Kind, Operator } from "../Search.ts"

/** Is a value, or another. */
export interface Equality<out Field extends string, in out Value extends Scalar> {
  /** `=` */
  readonly equals: (value: Value) => Filter<Field, "=", Value>
  /** `!=` */
  readonly notEquals: (value: Value) => Filter<Field, "!=", Value>
}

/** Has a value, or none. */
export interface Presence<out Field extends string> {
  /** `!= null` */
  readonly isSet: () => Filter<Field, "!=", null>
  /** `= null` */
  readonly isNotSet: () => Filter<Field, "=", null>
}

/** Is one of some values, or none of them. */
export interface Membership<out Field extends string, in out Value extends Scalar> {
  /** `IN` */
  readonly in: (values: ReadonlyArray<Value>) => Filter<Field, "IN", ReadonlyArray<Value>>
  /** `NIN` */
  readonly notIn: (values: ReadonlyArray<Value>) => Filter<Field, "NIN", ReadonlyArray<Value>>
}

/** Is more than a value, or less. */
export interface Order<out Field extends string, in out Value extends Scalar> {
  /** `>` */
  readonly greaterThan: (value: Value) => Filter<Field, ">", Value>
  /** `<` */
  readonly lessThan: (value: Value) => Filter<Field, "<", Value>
  /** `>=` */
  readonly atLeast: (value: Value) => Filter<Field, ">=", Value>
  /** `<=` */
  readonly atMost: (value: Value) => Filter<Field, "<=", Value>
}

/** Has some letters in it. */
export interface Likeness<out Field extends string> {
  /** `~` */
  readonly contains: (text: string) => Filter<Field, "~", string>
  /** `!~` */
  readonly notContains: (text: string) => Filter<Field, "!~", string>
  /** `^` */
  readonly startsWith: (text: string) => Filter<Field, "^", string>
  /** `$` */
  readonly endsWith: (text: string) => Filter<Field, "$", string>
}

/** Is later than a time, or earlier: Unix seconds, or their digits. */
export interface Times<out Field extends string> {
  /** `>`; where the API compares days, from the day after on. */
  readonly after: (seconds: Digits) => Filter<Field, ">", Digits>
  /** `<`; where the API compares days, until the day before. */
  readonly before: (seconds: Digits) => Filter<Field, "<", Digits>
}

/** What the API compares by the day, in the workspace's time zone. */
export interface Days<out Field extends string> extends Times<Field> {
  /** `=`: on the day that has this moment. */
  readonly on: (seconds: Digits) => Filter<Field, "=", Digits>
}

/** A value to compare with, by itself. */
export type Scalar = string | number | boolean

type Comparable<Field extends string, Value extends Scalar> = Equality<Field, Value> &
  Membership<Field, Value> &
  Presence<Field>

/** What can be said of a text. */
export type Text<Field extends string, Value extends string | number = string> = Comparable<Field, Value> &
  Likeness<Field>

/** What can be said of a number. */
export type Numeric<Field extends string, Value extends Scalar = number> = Comparable<Field, Value> &
  Order<Field, Value>

/** What can be said of what is true or false. */
export type Flag<Field extends string> = Comparable<Field, boolean>

/** What can be said of a field of which nothing is known. */
export type Anything<Field extends string> = Comparable<Field, Scalar> &
  Order<Field, Scalar> &
  Likeness<Field> &
  Times<Field>

/** What can be said of a field, by what it holds. */
export type OfKind<Field extends string, K extends Kind> = {
  readonly text: Text<Field>
  readonly id: Text<Field, string | number>
  readonly whole: Numeric<Field, Digits>
  readonly tag: Equality<Field, Digits> & Presence<Field>
  readonly number: Numeric<Field>
  readonly date: Numeric<Field, Digits> & Times<Field>
  readonly day: Days<Field>
  readonly boolean: Flag<Field>
}[K]

/** What can be said of a field, by the table it is in; anything of one that is not. */
export type Words<Table extends Fields, Field extends string> = Field extends keyof Table
  ? OfKind<Field, Table[Field]>
  : Anything<Field>

/** All words for a field: types say which go with it, and the rules of a query. */
export const words = <Field extends string>(
  field: Field
): Anything<Field> & Days<Field> & Flag<Field> & Equality<Field, Digits> => {
  const by =
    <const Op extends Operator>(operator: Op) =>
    <V extends Filter["value"]>(value: V): Filter<Field, Op, V> => ({ field, operator, value })
  return {
    equals: by("="),
    notEquals: by("!="),
    isSet: () => by("!=")(null),
    isNotSet: () => by("=")(null),
    in: by("IN"),
    notIn: by("NIN"),
    greaterThan: by(">"),
    lessThan: by("<"),
    atLeast: by(">="),
    atMost: by("<="),
    contains: by("~"),
    notContains: by("!~"),
    startsWith: by("^"),
    endsWith: by("$"),
    after: by(">"),
    before: by("<"),
    on: by("=")
  }
}
