import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attributeLabels } from './attribute-labels.ts'
import { labelName, prometheusName } from './prometheus-name.ts'

type InstrumentType = Parameters<typeof prometheusName>[2]

describe('names in Prometheus', () => {
  it.each<[string, string, InstrumentType, string]>([
    ['http.server.request.duration', 's', 'histogram', 'http_server_request_duration_seconds'],
    ['requests', '', 'counter', 'requests_total'],
    ['total.requests', '', 'counter', 'requests_total'],
    ['items', '1', 'counter', 'items_total'],
    ['cpu_usage', '1', 'level', 'cpu_usage_ratio'],
    ['jobs', '1', 'gauge', 'jobs'],
    ['system.cpu.time', 's', 'counter', 'system_cpu_time_seconds_total'],
    ['cpu_seconds_total', 's', 'counter', 'cpu_seconds_total'],
    ['memory.usage', 'By', 'level', 'memory_usage_bytes'],
    ['throughput', 'By/s', 'level', 'throughput_bytes_per_second'],
    ['queue', '{message}', 'level', 'queue'],
    ['sent', 'By/{packet}', 'gauge', 'sent_bytes'],
    ['custom', 'my@unit#x', 'level', 'custom_my_unit_x'],
    ['a__b..c', '', 'level', 'a_b_c'],
    ['2xx.answers', '', 'counter', '_2xx_answers_total'],
  ])('%s in %s, a %s, is %s', (instrument, unit, type, expected) => {
    expect(prometheusName(instrument, unit, type)).toBe(expected)
  })

  it('are ones that Prometheus takes, or none, whatever an instrument or an attribute is called', () => {
    const type = fc.constantFrom<InstrumentType>('counter', 'gauge', 'level', 'histogram')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), type, (name, unit, type) => {
        expect(prometheusName(name, unit, type) ?? 'none').toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/)
        expect(labelName(name) ?? 'none').toMatch(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/)
      }),
    )
    expect(prometheusName('@#$ 字', '', 'level')).toBeUndefined()
    expect(prometheusName('a'.repeat(600), '', 'level')).toBeUndefined()
  })

  it('of attributes that are one label join their values', () => {
    expect(
      attributeLabels({
        'a.b': 'x',
        a_b: 'y',
        '9': 1,
        list: ['p', 'q'],
        none: '',
        _own: true,
        constructor: 'z',
      }),
    ).toEqual({ constructor: 'z', a_b: 'x;y', key_9: '1', list: '["p","q"]', key_own: 'true' })
  })
})
