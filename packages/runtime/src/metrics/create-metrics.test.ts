import { processMetrics } from '@tocsin/contract'
import { Histogram } from 'prom-client'
import { expect, test } from 'vitest'
import { createMetrics } from './create-metrics.ts'

test('what prom-client measures of the process is what the catalogue says, all of it and no more', async () => {
  const { registry } = createMetrics('test', '0')
  const measured = registry
    .getMetricsAsArray()
    .filter(({ name }) => /^(?:process|nodejs)_/.test(name))
    .map(({ name, help, type }) => ({ name, help, type: String(type) }))
  const catalogued = Object.values(processMetrics).map(({ name, help, type }) => ({ name, help, type }))
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)
  expect(measured.sort(byName)).toEqual(catalogued.sort(byName))
  for (const { name, labels } of Object.values(processMetrics)) {
    const metric = registry.getSingleMetric(name)
    expect((metric as unknown as { labelNames: readonly string[] }).labelNames, name).toEqual(labels)
    if (metric instanceof Histogram)
      expect((metric as unknown as { upperBounds: readonly number[] }).upperBounds).toEqual(
        processMetrics.nodejsGcDurationSeconds.buckets,
      )
  }
})

test('a definition gives one metric however often it is asked for, and two of one name are refused', () => {
  const metrics = createMetrics('test', '0')
  const jobs = { name: 'jobs_total', type: 'counter', labels: ['kind'], help: 'Jobs.' } as const
  expect(metrics.counter(jobs)).toBe(metrics.counter(jobs))
  expect(() => metrics.counter({ ...jobs, help: 'Others.' })).toThrow(
    'jobs_total is defined twice: let both places take one definition',
  )
})

test('figures that are looked up are up to date whenever they are read', async () => {
  const metrics = createMetrics('test', '0')
  const depth = metrics.gauge({ name: 'depth', type: 'gauge', labels: [], help: 'Depth.' })
  let now = 0
  metrics.beforeRead(() => depth.set(++now))
  const read = async () => (await metrics.read()).find(({ name }) => name === 'depth')?.values[0]?.value
  expect(await read()).toBe(1)
  expect(await read()).toBe(2)
})
