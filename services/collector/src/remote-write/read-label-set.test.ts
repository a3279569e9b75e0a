import { expect, it, test } from 'vitest'
import { createNameChecks } from './check-names.ts'
import { createLabelSetReader } from './read-label-set.ts'

const read = createLabelSetReader(createNameChecks())
const of = (...pairs: readonly (readonly [string | undefined, string | undefined])[]) =>
  read({ names: pairs.map(([name]) => name), values: pairs.map(([, value]) => value) })

it('gives name and labels as JSON, without labels that have no value', () => {
  expect(of(['__name__', 'up'], ['job', 'a "b" ü 🙂'], ['zone', ''])).toEqual({
    name: 'up',
    labels: '{"job":"a \\"b\\" ü 🙂"}',
  })
  expect(of(['Job', 'a'], ['__name__', 'job:up:sum'], ['le', '+Inf'])).toEqual({
    name: 'job:up:sum',
    labels: '{"Job":"a","le":"+Inf"}',
  })
  expect(of(['__name__', 'up'], ['constructor', 'x'], ['hasOwnProperty', 'y'])).toMatchObject({ name: 'up' })
})

test.each<readonly [string, string, readonly (readonly [string | undefined, string | undefined])[], RegExp]>([
  ['no labels', 'missing_name', [], /^\{\}: a series has its name/],
  ['no name', 'missing_name', [['job', 'a']], /^\{job="a"\}: /],
  ['an empty name', 'missing_name', [['__name__', '']], /__name__/],
  [
    'a name with dots',
    'invalid_name',
    [['__name__', 'http.requests']],
    /"http\.requests": .*write_relabel_configs$/,
  ],
  ['a name in another script', 'invalid_name', [['__name__', 'höhe']], /letters/],
  ['a name that is too long', 'invalid_name', [['__name__', 'x'.repeat(600)]], /x{200}…/],
  [
    'a label with dots',
    'invalid_label',
    [
      ['__name__', 'up'],
      ['job.name', 'a'],
    ],
    /"job\.name": a label name/,
  ],
  [
    'an empty label name',
    'invalid_label',
    [
      ['', 'x'],
      ['__name__', 'up'],
    ],
    /label/,
  ],
  [
    'a reserved label',
    'reserved_label',
    [
      ['__name__', 'up'],
      ['__tmp', 'a'],
    ],
    /reserved/,
  ],
  [
    '__proto__',
    'reserved_label',
    [
      ['__name__', 'up'],
      ['__proto__', 'a'],
    ],
    /reserved/,
  ],
  [
    'a long value',
    'invalid_label',
    [
      ['__name__', 'up'],
      ['a', 'x'.repeat(5000)],
    ],
    /4096/,
  ],
  [
    'labels out of order',
    'unsorted_labels',
    [
      ['__name__', 'up'],
      ['b', '1'],
      ['a', '1'],
    ],
    /"a" stands behind "b"/,
  ],
  [
    'a name twice',
    'duplicate_label',
    [
      ['__name__', 'up'],
      ['a', '1'],
      ['a', '2'],
    ],
    /"a" is there twice/,
  ],
  [
    'no UTF-8',
    'invalid_label',
    [
      ['__name__', 'up'],
      ['a', undefined],
    ],
    /UTF-8/,
  ],
  [
    'too much in all',
    'invalid_label',
    [['__name__', 'up'], ...Array.from({ length: 20 }, (_, i) => [`a${i + 10}`, 'x'.repeat(4000)] as const)],
    /all labels together/,
  ],
])('%s: %s', (_name, reason, pairs, detail) => {
  const { refusal } = of(...pairs)
  expect(refusal).toMatchObject({ reason, detail: expect.stringMatching(detail) })
  expect(refusal?.detail.length).toBeLessThan(800)
})
