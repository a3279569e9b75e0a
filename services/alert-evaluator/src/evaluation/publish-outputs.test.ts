import type { MetricBatch } from '@tocsin/contract'
import { createSubjects } from '@tocsin/contract'
import { createLog } from '@tocsin/runtime'
import { testClock } from '@tocsin/testkit'
import { Counter } from 'prom-client'
import { expect, test } from 'vitest'
import { publishOutputs } from './publish-outputs.ts'

const firing = { __name__: 'ALERTS', alertname: 'A', alertstate: 'firing' }
const recorded = { __name__: 'recorded' }

/** Outputs whose batches are listed; `failing` many of them fail first. */
function createWorld(failing = 0) {
  const batches: MetricBatch[] = []
  let left = failing
  const clock = testClock()
  const dropped = new Counter({ name: 'x', help: 'x', registers: [] })
  const outputs = publishOutputs(
    {
      bus: {
        subjects: createSubjects(),
        async publish(_subject, payload) {
          if (left-- > 0) throw new Error('NATS is away')
          batches.push(payload as MetricBatch)
          return { stream: 'METRICS', sequence: batches.length, duplicate: false }
        },
      },
      clock,
      log: createLog({ service: 'test', version: '0', level: 'silent' }),
      metrics: { outputsDropped: dropped },
    },
    'p',
  )
  const samples = () => batches.flatMap((batch) => batch.samples.map(([, value, at]) => [value, at]))
  return { outputs, batches, clock, samples, dropped }
}

test('a state that does not change is published every four minutes, its end at once, other series always', async () => {
  const { outputs, clock, samples } = createWorld()
  for (const minute of [0, 1, 2, 3, 4, 5]) outputs.write(firing, minute * 60_000, 1)
  outputs.write(firing, 301_000, 'stale')
  outputs.write(firing, 302_000, 1)
  outputs.write(recorded, 0, 7)
  outputs.write(recorded, 1000, 7)
  await clock.advance(100)
  expect(samples()).toEqual([
    [1, 0],
    [1, 240_000],
    ['stale', 301_000],
    [1, 302_000],
    [7, 0],
    [7, 1000],
  ])
})

test('what could not be published goes again, described anew', async () => {
  const { outputs, clock, batches, samples } = createWorld(1)
  outputs.write(recorded, 0, 7)
  await clock.advance(1000)
  expect(samples()).toEqual([[7, 0]])
  expect(batches[0]?.series).toHaveLength(1)
})

test('a label that the contract does not take is counted, and the rest goes', async () => {
  const { outputs, clock, samples, dropped } = createWorld()
  outputs.write({ __name__: 'recorded', long: 'x'.repeat(5000) }, 0, 1)
  outputs.write(recorded, 0, 2)
  await clock.advance(100)
  expect(samples()).toEqual([[2, 0]])
  expect((await dropped.get()).values[0]?.value).toBe(1)
})
