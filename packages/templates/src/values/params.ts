import { isKind, type Param, typeName, type Value } from './value.ts'

export const ANY: Param = { type: 'interface {}', accepts: () => true }
export const STRING: Param = { type: 'string', accepts: (value) => typeof value === 'string' }
export const STRINGS: Param = { type: '[]string', accepts: (value) => typeName(value) === '[]string' }
export const INT: Param = { type: 'int', accepts: (value) => typeof value === 'bigint' }
export const TIME: Param = { type: 'time.Time', accepts: (value) => isKind(value, 'time') }
/** A whole number stands for nanoseconds, as it does in Go. */
export const DURATION: Param = {
  type: 'time.Duration',
  accepts: (value) => isKind(value, 'duration') || typeof value === 'bigint',
}

/** Seconds of what DURATION accepts. */
export function secondsOf(value: Value): number {
  return isKind(value, 'duration') ? value.seconds : Number(value) / 1e9
}
