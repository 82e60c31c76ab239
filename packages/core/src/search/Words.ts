/** Filters in words: `Search.contact("email").endsWith("@example.com")`. What is made has the API's own signs. */
import { identity } from "effect/Function"
import type { Digits, Fields, Filter, Kind, Operator } from "../Search.ts"

/** Is a value, or another. `Sent` is what a value is on the wire, where a schema makes it another. */
export interface Equality<out Field extends string, in Value, out Sent = Value> {
  /** `=` */
  readonly equals: (value: Value) => Filter<Field, "=", Sent>
  /** `!=` */
  readonly notEquals: (value: Value) => Filter<Field, "!=", Sent>
}

/** Has a value, or none. */
export interface Presence<out Field extends string> {
  /** `!= null` */
  readonly isSet: () => Filter<Field, "!=", null>
  /** `= null` */
  readonly isNotSet: () => Filter<Field, "=", null>
}

/** Is one of some values, or none of them. */
export interface Membership<out Field extends string, in Value, out Sent = Value> {
  /** `IN` */
  readonly in: (values: ReadonlyArray<Value>) => Filter<Field, "IN", ReadonlyArray<Sent>>
  /** `NIN` */
  readonly notIn: (values: ReadonlyArray<Value>) => Filter<Field, "NIN", ReadonlyArray<Sent>>
}

/** Is more than a value, or less. */
export interface Order<out Field extends string, in Value, out Sent = Value> {
  /** `>` */
  readonly greaterThan: (value: Value) => Filter<Field, ">", Sent>
  /** `<` */
  readonly lessThan: (value: Value) => Filter<Field, "<", Sent>
  /** `>=` */
  readonly atLeast: (value: Value) => Filter<Field, ">=", Sent>
  /** `<=` */
  readonly atMost: (value: Value) => Filter<Field, "<=", Sent>
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
export interface Times<out Field extends string, in Value = Digits, out Sent = Value> {
  /** `>`; where the API compares days, from the day after on. */
  readonly after: (seconds: Value) => Filter<Field, ">", Sent>
  /** `<`; where the API compares days, until the day before. */
  readonly before: (seconds: Value) => Filter<Field, "<", Sent>
}

/** What the API compares by the day, in the workspace's time zone. */
export interface Days<out Field extends string> extends Times<Field> {
  /** `=`: on the day that has this moment. */
  readonly on: (seconds: Digits) => Filter<Field, "=", Digits>
}

/** A value to compare with, by itself. */
export type Scalar = string | number | boolean

type Comparable<Field extends string, Value, Sent = Value> = Equality<Field, Value, Sent> &
  Membership<Field, Value, Sent> &
  Presence<Field>

/** What can be said of a text. */
export type Text<Field extends string, Value = string, Sent = Value> = Comparable<Field, Value, Sent> & Likeness<Field>

/** What can be said of a number. */
export type Numeric<Field extends string, Value = number, Sent = Value> = Comparable<Field, Value, Sent> &
  Order<Field, Value, Sent>

/** What can be said of what is true or false. */
export type Flag<Field extends string, Value = boolean, Sent = Value> = Comparable<Field, Value, Sent>

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

/** What can be said of an attribute of one's own, by what its values are to a program, and on the wire. */
export type OfAttribute<Field extends string, Value, Sent> = [Sent] extends [string]
  ? Text<Field, Value, Sent>
  : [Sent] extends [number]
    ? Numeric<Field, Value, Sent> & Times<Field, Value, Sent>
    : [Sent] extends [boolean]
      ? Flag<Field, Value, Sent>
      : [Sent] extends [number | string]
        ? Numeric<Field, Value, Sent> & Times<Field, Value, Sent>
        : Anything<Field>

type Value = Filter["value"]

/** All words for a field: types say which go with it, and the rules of a query. `sent` makes of a value what is sent. */
export const words = <Field extends string>(
  field: Field,
  sent: (value: Scalar) => Scalar = identity
): Anything<Field> & Days<Field> & Flag<Field> & Equality<Field, Digits> => {
  const by =
    <const Op extends Operator>(operator: Op) =>
    <V extends Value>(value: V): Filter<Field, Op, V> => ({ field, operator, value })
  const one =
    <const Op extends Operator>(operator: Op) =>
    <V extends Scalar>(value: V): Filter<Field, Op, V> =>
      // The types of words say what is sent.
      by(operator)(sent(value) as V)
  const several =
    <const Op extends Operator>(operator: Op) =>
    <V extends Scalar>(values: ReadonlyArray<V>): Filter<Field, Op, ReadonlyArray<V>> =>
      // What is no list is refused when it is sent.
      by(operator)((Array.isArray(values) ? values.map(sent) : values) as ReadonlyArray<V>)
  return {
    equals: one("="),
    notEquals: one("!="),
    isSet: () => by("!=")(null),
    isNotSet: () => by("=")(null),
    in: several("IN"),
    notIn: several("NIN"),
    greaterThan: one(">"),
    lessThan: one("<"),
    atLeast: one(">="),
    atMost: one("<="),
    contains: by("~"),
    notContains: by("!~"),
    startsWith: by("^"),
    endsWith: by("$"),
    after: one(">"),
    before: one("<"),
    on: one("=")
  }
}
