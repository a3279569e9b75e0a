import { parseArgs } from 'node:util'
import { type Breakage, breakages, isBreakage } from '../breakage.ts'

export interface DemoArguments {
  /** Requests per second. */
  readonly rate: number
  /** How long the shop is made to fail, in ms; undefined when it is not. */
  readonly breakForMs: number | undefined
  readonly how: Breakage
}

export const USAGE = `npm run demo -- [--rate <requests per second>] [--break [--for <seconds>] [--how drop|lock]]

  --rate   requests per second, default 20
  --break  lets the shop run for a while, makes its database fail, heals it, and ends once the alert has resolved
  --for    how long it fails, in seconds, default 30
  --how    drop: the products are gone (quick errors); lock: the database is locked (slow errors)`

/** Throws an error whose message says what to write instead. */
export function readArguments(args: readonly string[]): DemoArguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: 'string', default: '20' },
      break: { type: 'boolean', default: false },
      for: { type: 'string', default: '30' },
      how: { type: 'string', default: 'drop' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const number = (name: 'rate' | 'for', most: number): number => {
    const value = Number(values[name])
    if (value > 0 && value <= most) return value
    throw new RangeError(`--${name} is a number above 0 and up to ${most}, not '${values[name]}'`)
  }
  if (!isBreakage(values.how)) throw new RangeError(`--how is one of ${breakages.join(', ')}`)
  return {
    rate: number('rate', 1000),
    breakForMs: values.break ? number('for', 3600) * 1000 : undefined,
    how: values.how,
  }
}
