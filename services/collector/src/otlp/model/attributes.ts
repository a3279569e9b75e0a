/** What an attribute may be. Undefined is OTLP's empty value; integers beyond 2^53 are bigints. */
export type AttributeValue =
  | string
  | boolean
  | number
  | bigint
  | Uint8Array
  | readonly AttributeValue[]
  | ReadonlyMap<string, AttributeValue>
  | undefined

/** Attributes as they came. OTLP asks for unique keys; of equal ones the last counts. */
export type Attributes = ReadonlyMap<string, AttributeValue>

/** How deeply values may be nested in each other: OpenTelemetry's own SDKs make two levels at most. */
export const MAX_DEPTH = 32

const NONE: Attributes = new Map()

export const noAttributes = (): Attributes => NONE

/**
 * An attribute as text, as OpenTelemetry's specification has it: numbers and booleans as JSON, bytes in base64,
 * lists and maps as JSON.
 */
export function attributeText(value: AttributeValue): string {
  if (typeof value === 'string') return value
  if (value === undefined) return ''
  return typeof value === 'object' && !(value instanceof Uint8Array)
    ? JSON.stringify(jsonOf(value))
    : String(scalarOf(value))
}

function jsonOf(value: AttributeValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, jsonOf(item)]))
  if (Array.isArray(value)) return value.map(jsonOf)
  return value === undefined ? null : scalarOf(value as string | boolean | number | bigint | Uint8Array)
}

/** Numbers that JSON does not have, and integers beyond 2^53, are texts. */
function scalarOf(value: string | boolean | number | bigint | Uint8Array): string | boolean | number {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'bigint') return value.toString()
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
