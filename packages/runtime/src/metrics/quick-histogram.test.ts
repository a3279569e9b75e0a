import { Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createQuickHistogram } from './quick-histogram.ts'

test('exposes what prom-client would, in both formats and as JSON', async () => {
  const [ours, theirs] = [new Registry(), new Registry()]
  const definition = { name: 'took_seconds', type: 'histogram' as const, help: 'Time.', buckets: [0.1, 1] }
  const quick = createQuickHistogram(ours, { ...definition, labels: ['stream'] })
  const slow = new Histogram({ ...definition, labelNames: ['stream'], registers: [theirs] })
  for (const [stream, value] of [
    ['A', 0.1],
    ['A', 0.05],
    ['A', 0.3],
    ['B', 7],
  ] as const) {
    quick.with({ stream }).observe(value)
    slow.observe({ stream }, value)
  }
  const sorted = (text: string) => text.split('\n').sort()
  expect(sorted(await ours.metrics())).toEqual(sorted(await theirs.metrics()))
  const [metric] = await ours.getMetricsAsJSON()
  expect(metric).toMatchObject({ name: 'took_seconds', type: 'histogram' })
  expect(metric?.values).toHaveLength(10)
})
