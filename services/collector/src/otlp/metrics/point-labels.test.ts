import { publishedLabels } from '@tocsin/contract'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AttributeValue } from '../model/attributes.ts'
import { formLabelName } from './label-name.ts'
import { labelsOfPoint } from './point-labels.ts'

const shared = { base: { service: 'shop' }, identity: { job: 'eu/shop', instance: 'a1' } }
const labels = (attributes: Record<string, AttributeValue>) =>
  labelsOfPoint(shared, new Map(Object.entries(attributes)))

it.each([
  ['http.request.method', 'http_request_method'],
  ['a..b__c', 'a_b_c'],
  ['2nd', 'key_2nd'],
  ['_private', 'key_private'],
  ['__name__', 'key_name_'],
  ['größe', 'gr_e'],
  ['字', ''],
  ['', ''],
])('the attribute %s is the label %s', (key, name) => {
  expect(formLabelName(key)).toBe(name)
})

it('are the resource and the attributes, as texts, the point before the resource but for who it is', () => {
  const all = { 'a.b': 'x', n: 1.5, i: 12n ** 20n, yes: true, list: [1, 'b', [true]], none: undefined }
  expect(labels({ ...all, service: 'own', job: 'mine', bytes: Buffer.from('hi') })).toEqual({
    a_b: 'x',
    n: '1.5',
    i: '3833759992447475122176',
    yes: 'true',
    list: '[1,"b",[true]]',
    bytes: 'aGk=',
    service: 'own',
    job: 'eu/shop',
    instance: 'a1',
  })
})

it('join the values of attributes that have one name, in the order of their keys', () => {
  expect(labels({ 'x.y': '1', 'x-y': '2', x_y: '3', z: '4' })).toMatchObject({ x_y: '2;1;3', z: '4' })
  expect(labels({ 'x.y': '1', z: '4' })).toMatchObject({ x_y: '1', z: '4' })
})

it('are none where the contract would not take one', () => {
  expect(labels({ 字: 'x' })).toContain("the attribute '字' has no characters that a label can have")
  expect(labels({ long: 'x'.repeat(5000) })).toContain('5000 characters')
})

it('are always what the contract takes', () => {
  const attributes = fc.dictionary(
    fc.string({ unit: 'binary' }),
    fc.oneof(fc.string({ unit: 'binary' }), fc.double()),
  )
  fc.assert(
    fc.property(attributes, (given) => {
      const made = labels(given)
      if (typeof made !== 'string') expect(publishedLabels.parse(made)).toEqual(made)
    }),
  )
})
