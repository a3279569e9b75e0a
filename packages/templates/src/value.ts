import type { Labels } from '@tocsin/promql'
import { formatFloat } from './format-float.ts'

/** One sample of a query in a template. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
}

export interface MapValue {
  readonly kind: 'map'
  readonly entries: Readonly<Record<string, Value>>
  /** What a key that is not there gives: '' of label maps, nothing of `args`. */
  readonly zero: Value
}

/** Something with named parts: the template's data, or a sample. */
export interface StructValue {
  readonly kind: 'struct'
  readonly type: string
  readonly fields: Readonly<Record<string, Value>>
}

export interface TimeValue {
  readonly kind: 'time'
  readonly ms: number
}

export interface DurationValue {
  readonly kind: 'duration'
  readonly seconds: number
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
  | StructValue
  | TimeValue
  | DurationValue
  | readonly Value[]

export function labelMap(labels: Labels): MapValue {
  return { kind: 'map', entries: labels, zero: '' }
}

export function sampleValue({ labels, value }: Sample): StructValue {
  return { kind: 'struct', type: 'template.sample', fields: { Labels: labelMap(labels), Value: value } }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/** Go's name of a value's type, for error messages. */
export function typeName(value: Value): string {
  if (value === undefined || value === null) return 'nil'
  if (isList(value)) return 'template.queryResult'
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
      switch (value.kind) {
        case 'map':
          return value.zero === '' ? 'map[string]string' : 'map[string]interface {}'
        case 'struct':
          return value.type
        case 'time':
          return '*time.Time'
        case 'duration':
          return '*time.Duration'
      }
  }
}

/** Go's notion of a value that is not empty. */
export function isTruthy(value: Value): boolean {
  if (isList(value)) return value.length > 0
  if (typeof value === 'object' && value !== null)
    return value.kind === 'map' ? Object.keys(value.entries).length > 0 : true
  return Boolean(value) || Number.isNaN(value)
}

/** A value as Go's `fmt.Print` writes it. */
export function printValue(value: Value): string {
  if (value === undefined) return '<no value>'
  if (value === null) return '<nil>'
  if (isList(value)) return `[${value.map(printValue).join(' ')}]`
  switch (typeof value) {
    case 'number':
      return formatFloat(value, 'g')
    case 'object':
      return printComposite(value)
    default:
      return String(value)
  }
}

function printComposite(value: MapValue | StructValue | TimeValue | DurationValue): string {
  switch (value.kind) {
    case 'map': {
      const pairs = Object.keys(value.entries)
        .sort()
        .map((key) => `${key}:${printValue(value.entries[key])}`)
      return `map[${pairs.join(' ')}]`
    }
    case 'struct':
      return `{${Object.values(value.fields).map(printValue).join(' ')}}`
    case 'time':
      return printTime(value.ms)
    case 'duration':
      return printDuration(value.seconds)
  }
}

/** `2015-06-23 13:19:44.128 +0000 UTC`, as Go's `Time.String` in UTC. */
export function printTime(ms: number): string {
  const [date, time = ''] = new Date(ms).toISOString().slice(0, -1).split('T')
  return `${date} ${time.replace(/\.?0+$/, '')} +0000 UTC`
}

/** `1h2m3.5s`, as Go's `Duration.String`. */
export function printDuration(seconds: number): string {
  const sign = seconds < 0 ? '-' : ''
  const magnitude = Math.abs(seconds)
  if (magnitude === 0) return '0s'
  if (magnitude < 1e-6) return `${sign}${formatFloat(magnitude * 1e9, 'f')}ns`
  if (magnitude < 1e-3) return `${sign}${formatFloat(Number((magnitude * 1e6).toFixed(3)), 'f')}µs`
  if (magnitude < 1) return `${sign}${formatFloat(Number((magnitude * 1e3).toFixed(6)), 'f')}ms`
  const hours = Math.floor(magnitude / 3600)
  const minutes = Math.floor((magnitude % 3600) / 60)
  const rest = formatFloat(Number((magnitude % 60).toFixed(9)), 'f')
  return `${sign}${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`
}
