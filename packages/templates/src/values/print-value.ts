import { printTime } from '../time/format-time.ts'
import { printDuration } from '../time/print-duration.ts'
import { formatFloat } from './format-float.ts'
import { isKind, type Value } from './value.ts'

/** A value as Go's `fmt.Print` writes it. */
export function printValue(value: Value): string {
  if (value === undefined) return '<no value>'
  if (value === null) return '<nil>'
  if (typeof value === 'number') return formatFloat(value, 'g')
  if (typeof value !== 'object') return String(value)
  switch (value.kind) {
    case 'time':
      return printTime(value)
    case 'duration':
      return printDuration(value.seconds)
    case 'named-int':
    case 'safe':
      return value.text
    default:
      return printComposite(value)
  }
}

function printComposite(value: Extract<Value, { kind: 'map' | 'list' | 'struct' }>): string {
  const own = value.methods?.['String']
  if (own) return printValue(own.call(value, []))
  if (value.kind === 'list') return `[${value.items.map(printValue).join(' ')}]`
  if (value.kind === 'struct') return `{${Object.values(value.fields).map(printValue).join(' ')}}`
  const pairs = Object.keys(value.entries)
    .sort()
    .map((key) => `${key}:${printValue(value.entries[key])}`)
  return `map[${pairs.join(' ')}]`
}

function isText(value: Value): boolean {
  return typeof value === 'string' || isKind(value, 'safe')
}

/** Go's Sprint: a space between two operands when neither is a string. */
export function printSpaced(args: readonly Value[]): string {
  return args
    .map((arg, i) => {
      const spaced = i > 0 && !isText(arg) && !isText(args[i - 1])
      return (spaced ? ' ' : '') + printValue(arg)
    })
    .join('')
}
