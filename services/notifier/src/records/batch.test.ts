import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BATCH_PREFIX, decodeBatch, encodeBatch, recordsOf } from './batch.ts'

const key = fc.stringMatching(/^[\w=/-]{1,8}(\.[\w=/-]{1,8}){0,3}$/)
/** What records are: JSON, of anything. */
const record = fc.json()
const batches = fc
  .uniqueArray(fc.tuple(key, fc.option(record, { nil: undefined })), {
    selector: ([one]) => one,
    minLength: 1,
  })
  .map((entries) => new Map(entries))

describe('a batch', () => {
  it('reads as it was written, in its order', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const bytes = Buffer.from(encodeBatch(batch))
        expect([...decodeBatch(bytes.toString())]).toEqual([...batch])
      }),
    )
  })

  it('keeps records with spaces, line separators and what looks like a line end', () => {
    const text = JSON.stringify({ a: 'one two\nthree\r\n\u2028\u{1f525}', b: ' ' })
    const batch = new Map([
      ['alert.a', text],
      ['alert.b', undefined],
      ['alert.c', ''],
    ])
    expect(encodeBatch(batch).split('\n')).toHaveLength(3)
    expect(decodeBatch(encodeBatch(batch))).toEqual(batch)
  })
})

describe('a message of the bucket', () => {
  it('says the records of a batch, and nothing once that is gone', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        expect(recordsOf(`${BATCH_PREFIX}x`, encodeBatch(batch))).toEqual(batch)
        expect(recordsOf(`${BATCH_PREFIX}x`, undefined).size).toBe(0)
      }),
    )
  })

  it('says the record of its own key, or that it is gone', () => {
    expect(recordsOf('alert.a', '{} \n{}')).toEqual(new Map([['alert.a', '{} \n{}']]))
    expect(recordsOf('alert.a', undefined)).toEqual(new Map([['alert.a', undefined]]))
  })
})
