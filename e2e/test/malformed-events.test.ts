import { deadLetterHeaders } from '@tocsin/contract'
import { waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../start-system.ts'

const rules = `groups:
  - name: custom
    rules:
      - alert: StillMoving
        expr: still_moving > 0
        labels: { severity: critical }
`
const good = { name: 'good_metric', type: 'gauge', value: 1 }

let system: System

beforeAll(async () => {
  system = await startSystem({ rules })
})
afterAll(() => system?.stop())

const stored = async () => (await system.jsm.streams.info('DEAD_LETTERS')).state.messages

/** The newest dead letter: why, what exactly, and the body. */
async function newestDeadLetter() {
  const { state } = await system.jsm.streams.info('DEAD_LETTERS')
  const letter = await system.jsm.streams.getMessage('DEAD_LETTERS', { seq: state.last_seq })
  return {
    subject: letter?.subject,
    reason: letter?.header.get(deadLetterHeaders.reason),
    detail: letter?.header.get(deadLetterHeaders.detail),
    from: letter?.header.get(deadLetterHeaders.subject),
    body: letter?.data,
  }
}

async function countOf(reason: string): Promise<number> {
  const metrics = await (await fetch(`${system.collector.url}/metrics`)).text()
  const lines = metrics
    .split('\n')
    .filter((line) => /^tocsin_[a-z_]+_total\{/.test(line) && line.includes(`"${reason}"`))
  return Math.max(0, ...lines.map((line) => Number(line.split(' ').at(-1))))
}

it.each([
  ['malformed JSON', '{"name":', 'invalid_json', /JSON/],
  ['a NaN', '{"name":"m","type":"gauge","value":NaN}', 'invalid_json', /JSON/],
  ['NaN as text', { ...good, value: 'NaN' }, 'invalid_value', /finite/],
  ['a wrong type', { ...good, type: 'meter' }, 'invalid_type', /type/],
  ['a value that is text', { ...good, value: '12' }, 'invalid_value', /number/],
  ['a label named __name__', { ...good, labels: { __name__: 'x' } }, 'reserved_label', /reserved/],
  ['a metric name with spaces', { ...good, name: 'my metric' }, 'invalid_name', /letters/],
  ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00]), 'invalid_utf8', /UTF-8/],
])('%s is refused with its reason, counted and kept', async (_, event, reason, detail) => {
  const before = await stored()
  await system.publishMetric(event)
  await waitFor(async () => (await stored()) === before + 1, { what: 'a dead letter' })
  const letter = await newestDeadLetter()
  expect(letter.reason).toBe(reason)
  expect(letter.detail).toMatch(detail)
  expect(letter.from).toBe('monitoring.metrics.shop')
  expect(letter.subject).toBe(`monitoring.dead-letters.collector.${reason}`)
  const sent =
    event instanceof Uint8Array
      ? event
      : new TextEncoder().encode(typeof event === 'string' ? event : JSON.stringify(event))
  expect(letter.body).toEqual(sent)
  expect(await countOf(reason)).toBeGreaterThan(0)
})

it('a message of 10 MB is refused, counted and kept', async () => {
  const before = await stored()
  const big = JSON.stringify({ ...good, help: 'x'.repeat(10_000_000) })
  await system.publishMetric(big)
  await waitFor(async () => (await stored()) === before + 1, { what: 'a dead letter' })
  const letter = await newestDeadLetter()
  expect(letter.reason).toBe('too_large')
  expect(letter.body?.length).toBe(big.length)
  expect(await countOf('too_large')).toBe(1)
})

it('the good part of an array is kept, and the bad part by itself refused', async () => {
  const before = await stored()
  await system.publishMetric([
    { ...good, name: 'kept_metric' },
    { ...good, name: 'not kept' },
  ])
  await waitFor(async () => (await stored()) === before + 1, { what: 'a dead letter' })
  const kept: unknown = JSON.parse(new TextDecoder().decode((await newestDeadLetter()).body))
  expect(kept).toEqual([{ ...good, name: 'not kept' }])
  await waitFor(async () =>
    (await (await fetch(`${system.collector.url}/metrics`)).text()).includes('kept_metric 1'),
  )
})

it('the stream moves on: an alert after all of that goes out', async () => {
  await system.publishMetric({ name: 'still_moving', type: 'gauge', value: 1 })
  await system.webhook.waitForRequest((request) => request.body.includes('StillMoving'))
})

it('a restart refuses nothing again', async () => {
  const before = await stored()
  await system.collector.restart()
  await system.publishMetric('{"one":"more"}')
  await waitFor(async () => (await stored()) === before + 1, { what: 'a dead letter' })
  expect((await newestDeadLetter()).reason).toBe('invalid_name')
})
