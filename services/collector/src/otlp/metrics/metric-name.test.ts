import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type OtlpName, prometheusName } from './metric-name.ts'
import { createMetricNamer, type NameCollision } from './metric-namer.ts'

it.each<[string, string, OtlpName['kind'], string, string]>([
  ['http.server.request.duration', 's', 'other', 'http_server_request_duration_seconds', 'seconds'],
  ['requests', '', 'counter', 'requests_total', ''],
  ['requests_total', '', 'counter', 'requests_total', ''],
  ['total.requests', '', 'counter', 'requests_total', ''],
  ['items', '1', 'counter', 'items_total', ''],
  ['cpu_usage', '1', 'gauge', 'cpu_usage_ratio', ''],
  ['cpu_ratio_usage', '1', 'gauge', 'cpu_usage_ratio', ''],
  ['cpu.usage', '1', 'other', 'cpu_usage', ''],
  ['system.cpu.time', 's', 'counter', 'system_cpu_time_seconds_total', 'seconds'],
  ['cpu_seconds_total', 's', 'counter', 'cpu_seconds_total', 'seconds'],
  ['memory.usage', 'By', 'gauge', 'memory_usage_bytes', 'bytes'],
  ['throughput', 'By/s', 'gauge', 'throughput_bytes_per_second', 'bytes_per_second'],
  ['requests', '1/s', 'gauge', 'requests_per_second', 'per_second'],
  ['speed', 'm/min', 'gauge', 'speed_meters_per_min', 'meters_per_min'],
  ['queue', '{message}', 'gauge', 'queue', ''],
  ['sent', 'By/{packet}', 'gauge', 'sent_bytes', 'bytes'],
  ['free', '%', 'gauge', 'free_percent', 'percent'],
  ['custom', 'my@unit#x', 'gauge', 'custom_my_unit_x', 'my_unit_x'],
  ['a__b..c', '', 'gauge', 'a_b_c', ''],
  ['2xx.answers', '', 'counter', '_2xx_answers_total', ''],
  ['rule:name', '', 'gauge', 'rule:name', ''],
])('%s in %s, a %s, is %s', (name, unit, kind, expected, words) => {
  expect(prometheusName({ name, unit, kind })).toEqual({ name: expected, unit: words })
})

it('makes no name of what has no letters, or too many', () => {
  expect(prometheusName({ name: '@#$ 字', unit: '', kind: 'gauge' })).toBeUndefined()
  expect(prometheusName({ name: 'a'.repeat(600), unit: '', kind: 'gauge' })).toBeUndefined()
})

it('makes of anything a name that Prometheus takes, or none', () => {
  const kind = fc.constantFrom('counter' as const, 'gauge' as const, 'other' as const)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), kind, (name, unit, kind) => {
      const formed = prometheusName({ name, unit, kind })
      if (formed) expect(formed.name).toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/)
    }),
  )
})

it('tells once of two metrics that have one name', () => {
  const collisions: NameCollision[] = []
  const nameOf = createMetricNamer((collision) => collisions.push(collision))
  for (let i = 0; i < 3; i++)
    for (const name of ['queue.size', 'queue_size', 'queue.size']) nameOf({ name, unit: '', kind: 'gauge' })
  expect(collisions).toEqual([{ name: 'queue_size', metrics: ['queue.size', 'queue_size'] }])
})
