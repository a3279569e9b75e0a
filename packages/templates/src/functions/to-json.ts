import { formatTime } from '../time/format-time.ts'
import { type StructValue, typeName, type Value } from '../values/value.ts'

/** A value as Go's `json.Marshal` writes it. @throws TypeError for a number that JSON has not */
export function toJson(value: Value): string {
  if (value == null) return 'null'
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`json: unsupported value: ${value}`)
      return JSON.stringify(value)
    case 'object':
      return compositeJson(value)
    default:
      return String(value)
  }
}

function compositeJson(value: Extract<Value, object>): string {
  switch (value.kind) {
    case 'list':
      return `[${value.items.map(toJson).join(',')}]`
    case 'map': {
      const names = Object.keys(value.entries).sort()
      return object(names.map((name) => [name, value.entries[name]]))
    }
    case 'struct':
      return object(Object.entries(value.fields).map(([name, field]) => [jsonName(value, name), field]))
    case 'time':
      return quote(formatTime(value, '2006-01-02T15:04:05.999999999Z07:00'))
    case 'duration':
      return String(Math.round(value.seconds * 1e9))
    case 'named-int':
      return String(value.value)
    case 'safe':
      return quote(value.text)
  }
}

function object(fields: readonly (readonly [string, Value])[]): string {
  return `{${fields.map(([name, field]) => `${quote(name)}:${toJson(field)}`).join(',')}}`
}

/** Alertmanager's own types name their fields in JSON as its webhook does; others are as they are. */
function jsonName(value: StructValue, name: string): string {
  if (!/^template\.(?:Data|Alert)$/.test(typeName(value))) return name
  return name === 'ExternalURL' ? 'externalURL' : name.charAt(0).toLowerCase() + name.slice(1)
}

/** Go escapes what HTML would take for markup, so that JSON may stand in a page. */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
