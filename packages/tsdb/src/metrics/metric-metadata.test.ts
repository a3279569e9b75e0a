import { describe, expect, test } from 'vitest'
import { createMetadataRegistry } from './metric-metadata.ts'

describe('metadata', () => {
  test('keeps the first type and names who disagrees', () => {
    const metadata = createMetadataRegistry(10)
    expect(metadata.declare('m', { type: 'counter' })).toBeUndefined()
    expect(metadata.declare('m', { type: 'gauge' })).toMatchObject({
      metric: 'm',
      field: 'type',
      known: 'counter',
      offered: 'gauge',
    })
    metadata.declare('m', { type: 'gauge' })
    expect(metadata.get('m')?.type).toBe('counter')
    expect(metadata.conflicts()).toEqual([
      { metric: 'm', field: 'type', known: 'counter', offered: 'gauge', times: 2 },
    ])
  })

  test('fills in help and unit, and names but accepts another text', () => {
    const metadata = createMetadataRegistry(10)
    metadata.declare('m', { type: 'gauge' })
    metadata.declare('m', { type: 'gauge', help: 'one', unit: 'seconds' })
    expect(metadata.declare('m', { type: 'gauge', help: 'two' })).toBeUndefined()
    expect(metadata.get('m')).toEqual({ type: 'gauge', help: 'one', unit: 'seconds' })
    expect(metadata.conflicts()).toMatchObject([{ field: 'help', known: 'one', offered: 'two' }])
  })

  test('learns the type of what was untyped, and does not forget it', () => {
    const metadata = createMetadataRegistry(10)
    metadata.declare('m', { help: 'words' })
    metadata.declare('m', { type: 'counter' })
    expect(metadata.declare('m', { type: 'untyped' })).toBeUndefined()
    expect(metadata.get('m')).toEqual({ type: 'counter', help: 'words', unit: '' })
  })

  test('counts the parts of a histogram as its own', () => {
    const metadata = createMetadataRegistry(10)
    metadata.declare('latency', { type: 'histogram' })
    expect(metadata.familyOf('latency_bucket')).toBe('latency')
    expect(metadata.familyOf('latency_total')).toBe('latency_total')
    expect(metadata.declare('latency_count', { type: 'counter' })).toMatchObject({
      field: 'type',
      known: 'histogram latency',
    })
    metadata.declare('size_sum', { type: 'gauge' })
    expect(metadata.declare('size', { type: 'histogram' })).toMatchObject({
      known: 'gauge size_sum',
      offered: 'histogram',
    })
  })

  test('stays within its bound', () => {
    const metadata = createMetadataRegistry(2)
    for (const name of ['a', 'b', 'c']) metadata.declare(name, { type: 'gauge' })
    expect([...metadata.entries()].map(([name]) => name)).toEqual(['a', 'b'])
    for (let i = 0; i < 1_100; i++) metadata.declare('a', { type: 'gauge', help: `${i}` })
    expect(metadata.conflicts().length).toBe(1_000)
  })
})
