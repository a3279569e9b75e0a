import { type SpanEvent, spanEvent } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { finishedSpan } from '../../test/spans.ts'
import { createSpanTeller } from './tell-spans.ts'

function setUp(answer: () => Promise<void> = async () => {}) {
  let now = 1_700_000_000_000
  let connected = true
  const told: SpanEvent[] = []
  const outcomes: Record<string, number> = {}
  const tell = createSpanTeller({
    service: () => 'shop',
    now: () => now,
    store: () =>
      connected
        ? async (event) => {
            told.push(event)
            await answer()
          }
        : undefined,
    onOutcome: (outcome) => {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    },
  })
  return {
    tell,
    told,
    outcomes,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    pass: (ms: number) => {
      now += ms
    },
    disconnect: () => {
      connected = false
    },
  }
}

const failed = finishedSpan({ status: { code: 2, message: 'boom' } })
const urgent = finishedSpan({ attributes: { 'alert.severity': 'critical' } })

describe('telling of spans', () => {
  it('has room for so many a second, the last of it for those that ask for an alert', async () => {
    const { tell, told, outcomes, settle, pass } = setUp()
    for (let i = 0; i < 60; i++) tell(failed)
    expect(told).toHaveLength(40)
    for (let i = 0; i < 60; i++) tell(urgent)
    expect(told).toHaveLength(50)
    await settle()
    pass(1000)
    tell(failed)
    await settle()
    expect(outcomes).toEqual({ stored: 51, dropped: 70 })
  })

  it('waits for no answer, and has so many under way at most', async () => {
    const { tell, told, outcomes, pass } = setUp(() => new Promise(() => {}))
    for (let second = 0; second < 5; second++) {
      for (let i = 0; i < 50; i++) tell(urgent)
      pass(1000)
    }
    expect(told).toHaveLength(100)
    expect(outcomes).toEqual({ dropped: 150 })
  })

  it('counts what could not be told', async () => {
    const refused = setUp(async () => {
      throw new Error('no stream')
    })
    refused.tell(failed)
    await refused.settle()
    expect(refused.outcomes).toEqual({ failed: 1 })
    const away = setUp()
    away.disconnect()
    away.tell(failed)
    expect(away.outcomes).toEqual({ dropped: 1 })
  })

  it('says what the contract allows of whatever a span carries', () => {
    const { tell, told, outcomes } = setUp()
    const attributes = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`key${i}`, 'x'.repeat(5000)]),
    )
    const events = [{ name: 'exception', attributes: { 'exception.message': 'y'.repeat(9000) } }]
    tell(finishedSpan({ ...failed, name: 'n'.repeat(2000), attributes, events }))
    tell(finishedSpan({ ...urgent, attributes: { 'alert.severity': 'dreadful', ratio: Number.NaN } }))
    tell(
      finishedSpan({ ...failed, spanContext: () => ({ traceId: 'nonsense', spanId: 'x', traceFlags: 1 }) }),
    )
    expect(told.map((event) => spanEvent.safeParse(event).success)).toEqual([true, true])
    expect(Object.keys(told[0]?.attributes ?? {})).toHaveLength(64)
    expect(told[1]?.attributes['ratio']).toBe('NaN')
    expect(outcomes).toEqual({ dropped: 1 })
  })
})
