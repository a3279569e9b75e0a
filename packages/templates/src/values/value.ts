import type { Labels } from '@tocsin/promql'

/** What an argument of a function or method must be, under Go's name of the type. */
export interface Param {
  readonly type: string
  accepts(value: Value): boolean
}

/** A method of a value, called as `.Value.Method arg`. */
export interface Method {
  readonly params: readonly Param[]
  /** The type of any further arguments; none are taken without it. */
  readonly rest?: Param
  call(owner: Value, args: readonly Value[]): Value
}

export type MethodSet = Readonly<Record<string, Method>>

interface Named {
  /** Go's name of the type. */
  readonly type: string
  readonly methods?: MethodSet
}

export interface MapValue extends Named {
  readonly kind: 'map'
  readonly entries: Readonly<Record<string, Value>>
  /** What a key that is not there gives: '' of label maps, nothing of `args`. */
  readonly zero: Value
}

export interface ListValue extends Named {
  readonly kind: 'list'
  readonly items: readonly Value[]
}

/** Something with named parts: a template's data, an alert, a sample. */
export interface StructValue extends Named {
  readonly kind: 'struct'
  readonly fields: Readonly<Record<string, Value>>
}

export interface TimeValue {
  readonly kind: 'time'
  readonly ms: number
  /** `UTC`, or a name of the time zone database. */
  readonly zone: string
}

export interface DurationValue {
  readonly kind: 'duration'
  readonly seconds: number
}

/** An integer with a name, such as a month. */
export interface NamedInt {
  readonly kind: 'named-int'
  readonly type: string
  readonly value: bigint
  readonly text: string
}

/** Text that HTML templates take as it is, where its kind fits. */
export interface SafeText {
  readonly kind: 'safe'
  readonly as: 'HTML' | 'URL'
  readonly text: string
}

/** A value of a Go template. Go's int is a `bigint`, its float64 a `number`; `undefined` is no value. */
export type Value =
  | undefined
  | null
  | string
  | number
  | bigint
  | boolean
  | MapValue
  | ListValue
  | StructValue
  | TimeValue
  | DurationValue
  | NamedInt
  | SafeText

export function labelMap(labels: Labels): MapValue {
  return { kind: 'map', type: 'map[string]string', entries: labels, zero: '' }
}

export function listOf(items: readonly Value[], type = '[]interface {}', methods?: MethodSet): ListValue {
  return methods ? { kind: 'list', type, items, methods } : { kind: 'list', type, items }
}

export function isKind<
  Kind extends Exclude<Value, undefined | null | string | number | bigint | boolean>['kind'],
>(value: Value, kind: Kind): value is Extract<Value, { kind: Kind }> {
  return typeof value === 'object' && value !== null && value.kind === kind
}

/** Go's name of a value's type, for error messages. */
export function typeName(value: Value): string {
  if (value === undefined || value === null) return 'nil'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'float64'
    case 'bigint':
      return 'int'
    case 'boolean':
      return 'bool'
    default:
      if (value.kind === 'time') return 'time.Time'
      if (value.kind === 'duration') return 'time.Duration'
      return value.kind === 'safe' ? `template.${value.as}` : value.type
  }
}

/** Go's notion of a value that is not empty. */
export function isTruthy(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value) || Number.isNaN(value)
  switch (value.kind) {
    case 'map':
      return Object.keys(value.entries).length > 0
    case 'list':
      return value.items.length > 0
    case 'duration':
      return value.seconds !== 0
    case 'named-int':
      return value.value !== 0n
    case 'safe':
      return value.text !== ''
    default:
      return true
  }
}
