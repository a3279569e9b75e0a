import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Colour } from './look.ts'

/** What a number means: a word and its colour. */
export type Words = Readonly<Record<string, readonly [word: string, colour: Colour]>>

/** Health as services publish it. */
export const healthWords: Words = {
  0: ['unhealthy', 'red'],
  0.5: ['degraded', 'orange'],
  1: ['healthy', 'green'],
}

/** Risk as the capacity service publishes it. */
export const riskWords: Words = {
  0: ['unknown', 'purple'],
  1: ['low', 'green'],
  2: ['medium', 'yellow'],
  3: ['high', 'orange'],
  4: ['critical', 'red'],
}

/** Yes or no, where yes is good. */
export const connectedWords: Words = { 0: ['away', 'red'], 1: ['connected', 'green'] }

/** Words as Grafana maps values to them. */
export function wordsFor(words: Words): ValueMapping[] {
  const options = Object.entries(words).map(
    ([value, [text, color]], index) => [value, { text, color, index }] as const,
  )
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }]
}
