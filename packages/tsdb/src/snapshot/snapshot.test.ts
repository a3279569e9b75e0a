import { writeStaleAt } from '@tocsin/promql'
import { describe, expect, test } from 'vitest'
import { createHead, type Head, restoreHead } from '../head.ts'

function filledHead(): Head {
  const head = createHead({ chunkSamples: 16 })
  for (let i = 0; i < 40; i++) {
    const series = head.intern({ __name__: 'm', i: String(i), text: 'ü"\n' }, `source${i % 3}`)
    if ('refused' in series) throw new Error(series.detail)
    for (let t = 0; t < i * 10; t++) head.append(series, t * 1_000 + i, Math.sin(t * i))
    if (i > 5) head.append(series, i * 5_000 + 500, -1)
    if (i === 9) head.appendStale(series, 1_000_000)
  }
  head.metadata.declare('m', { type: 'gauge', help: 'A level', unit: 'metres' })
  return head
}

function contentOf(head: Head) {
  return head.series().map((series) => {
    const samples = head.read(series, -Infinity, Infinity)
    const { ref, labels, source, lastTimeMs, lastValue, lastIsStale } = series
    const bits = samples && [...new BigUint64Array(samples.values.slice().buffer)]
    return {
      ref,
      labels,
      source,
      lastTimeMs,
      lastValue,
      lastIsStale,
      times: samples && [...samples.timestamps],
      bits,
    }
  })
}

async function* inPiecesOf(size: number, parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.concat([...parts])
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('a snapshot', () => {
  test('gives the head back as it was, with position and the state of the caller', async () => {
    const head = filledHead()
    const restored = await restoreHead(head.snapshot(4_711, Uint8Array.of(1, 2, 3)))
    expect(contentOf(restored.head)).toEqual(contentOf(head))
    expect(restored.streamSequence).toBe(4_711)
    expect(restored.callerState).toEqual(Uint8Array.of(1, 2, 3))
    expect(restored.head.metadata.get('m')).toEqual({ type: 'gauge', help: 'A level', unit: 'metres' })
    const { samples, series, packedBytes } = head.stats()
    expect(restored.head.stats()).toMatchObject({ samples, series, packedBytes })
  })

  test.each([13, 1 << 20])('may be read in pieces of any size: %d bytes', async (size) => {
    const head = filledHead()
    const { head: restored } = await restoreHead(inPiecesOf(size, head.snapshot(1)))
    expect(contentOf(restored)).toEqual(contentOf(head))
  })

  test('holds the moment it was asked for, whatever is written while it is taken', async () => {
    const head = filledHead()
    const before = contentOf(head)
    const parts = head.snapshot(1)
    for (const series of head.series()) {
      head.append(series, series.lastTimeMs, 99)
      for (let t = 1; t < 50; t++) head.append(series, series.lastTimeMs + 1_000, t)
      head.append(series, series.lastTimeMs - 20_500, 5)
    }
    head.maintain(1e9)
    expect(contentOf((await restoreHead(parts)).head)).toEqual(before)
  })

  test('is written to like any other head', async () => {
    const { head } = await restoreHead(filledHead().snapshot(1))
    const known = head.find({ __name__: 'm', i: '20', text: 'ü"\n' })
    const fresh = head.intern({ __name__: 'new' })
    if (!known || 'refused' in fresh) throw new Error('not there')
    expect(fresh.ref).toBeGreaterThan(Math.max(...head.series().map(({ ref }) => ref)))
    for (let t = 1; t < 300; t++) head.append(known, 300_000 + t * 1_000, t)
    expect(head.read(known, 301_000, 599_000)?.values).toEqual(
      Float64Array.from({ length: 299 }, (_, i) => i + 1),
    )
    expect(head.read(known, 0, 10_020)?.values).toHaveLength(11)
  })

  test('that is damaged, cut short, or of another kind is refused with what to do', async () => {
    const bytes = Buffer.concat([...filledHead().snapshot(1)])
    const restore = (part: Uint8Array) => restoreHead([part])
    await expect(restore(bytes.subarray(0, bytes.length - 1))).rejects.toMatchObject({
      code: 'snapshot_corrupt',
    })
    await expect(restore(bytes.subarray(0, bytes.length - 16))).rejects.toMatchObject({
      code: 'snapshot_corrupt',
    })
    await expect(restore(new Uint8Array(0))).rejects.toThrow('replay the stream')
    await expect(restore(new TextEncoder().encode('{"not":"a snapshot"}'))).rejects.toMatchObject({
      retryable: false,
    })
    for (const at of [20, bytes.length >> 1, bytes.length - 20]) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      await expect(restore(damaged)).rejects.toMatchObject({ code: expect.stringMatching(/^snapshot_/) })
    }
  })

  test('keeps a staleness marker as the bits it is', async () => {
    const { head } = await restoreHead(filledHead().snapshot(1))
    const marker = new Float64Array(1)
    writeStaleAt(marker, 0)
    const samples = head.find({ __name__: 'm', i: '9', text: 'ü"\n' })
    const values = samples && head.read(samples, 1_000_000, 1_000_000)?.values.slice()
    expect(values && new BigUint64Array(values.buffer)).toEqual(new BigUint64Array(marker.buffer))
    expect(samples?.lastIsStale).toBe(true)
  })
})
