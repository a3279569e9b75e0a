import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineWriter, numberText } from './line-writer.ts'
import { writeLabels, writeSeries } from './write-labels.ts'

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
      const text = writeSeries('m', { __name__: 'm', ...given })
      expect(text).not.toContain('\n')
      expect(readSeries(text)).toEqual({ name: 'm', labels: given })
    }),
  )
})

test('every number can be read back, also as it stands in a line', () => {
  const number = fc.oneof(
    fc.double(),
    fc.maxSafeInteger(),
    fc.constantFrom(0, -0, 9, 10, 99, 100, -1, 1e15, 2 ** 53),
  )
  fc.assert(
    fc.property(number, (value) => {
      const lines = new LineWriter(false)
      lines.line(Buffer.from('xmx'), 1, 2, value)
      const line = Buffer.concat(lines.finish()).toString()
      expect(line).toBe(`m ${numberText(value)}\n`)
      expect(Number(numberText(value).replace('Inf', 'Infinity'))).toBe(value)
    }),
  )
})

test('labels can be written without one of them, as those of all parts of a histogram', () => {
  const bucket = { __name__: 'd_bucket', le: '0.5', route: '/a' }
  const sum = { __name__: 'd_sum', route: '/a' }
  expect(writeLabels(bucket, 'le')).toBe(writeLabels(sum, 'le'))
  expect(writeSeries('d', { __name__: 'd', empty: '' })).toBe('d')
})
