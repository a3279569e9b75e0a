import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeSeries } from './write-series.ts'
import { writeValue } from './write-value.ts'

const labelName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/).filter((name) => !name.startsWith('__'))
const labels = fc.dictionary(labelName, fc.string({ unit: 'binary', minLength: 1 }))

/** Reads a series back as the format says: a backslash takes the next character as it is, `\n` is a line's end. */
function readSeries(text: string): { name: string; labels: Record<string, string> } {
  const [, name = '', body = ''] = /^([^{]*)(?:\{(.*)\})?$/s.exec(text) ?? []
  const pairs = body.matchAll(/([^=,]+)="((?:[^"\\]|\\.)*)"(?:,|$)/gs)
  const read = (value = '') => value.replace(/\\(.)/gs, (_, one: string) => (one === 'n' ? '\n' : one))
  return { name, labels: Object.fromEntries([...pairs].map(([, label, value]) => [label, read(value)])) }
}

test('whatever the labels hold, a series can be read back, from one line', () => {
  fc.assert(
    fc.property(labels, (given) => {
      const { text } = writeSeries('m', { __name__: 'm', ...given }, 'gauge')
      expect(text).not.toContain('\n')
      expect(readSeries(text)).toEqual({ name: 'm', labels: given })
    }),
  )
})

test('every number can be read back', () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      expect(Number(writeValue(value).replace('Inf', 'Infinity'))).toBe(value)
    }),
  )
})

test('the series of one histogram share a group, and a bucket has its bound', () => {
  const bucket = writeSeries('d_bucket', { __name__: 'd_bucket', le: '0.5', route: '/a' }, 'histogram')
  const sum = writeSeries('d_sum', { __name__: 'd_sum', route: '/a' }, 'histogram')
  expect(bucket).toMatchObject({ group: sum.group, bound: 0.5 })
  expect(sum.bound).toBeNaN()
  expect(writeSeries('d_bucket', { le: '+Inf' }, 'histogram').bound).toBe(Infinity)
})
