import { parseMetricMessage } from '@tocsin/contract'
import type { Refusal } from '@tocsin/runtime'
import { expect, it } from 'vitest'
import { findRefused, keepRefused } from './refuse-events.ts'

function lettersOf(json: unknown): Refusal[] {
  const letters: Refusal[] = []
  const message = parseMetricMessage(json)
  keepRefused({ refusePart: (refusal) => letters.push(refusal) }, message, findRefused(message, []))
  return letters
}

const good = { name: 'orders_total', type: 'counter', value: 1 }

it('keeps of a message only what was refused', () => {
  const bad = { ...good, name: 'no name' }
  expect(lettersOf([good, bad])).toMatchObject([{ reason: 'invalid_name', body: JSON.stringify([bad]) }])
})

it('keeps the whole message where the refused part is nested too deeply to be written', () => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
  const [letter] = lettersOf([deep, good])
  expect(letter).toMatchObject({ reason: 'not_an_event' })
  expect(letter?.body).toBeUndefined()
})
