import { describe, expect, it } from 'vitest'
import type { GroupRecord, Told } from './records.ts'
import { decodeGroup, encodeGroup, storedGroup } from './told-codec.ts'

const fingerprint = (i: number) => i.toString(16).padStart(16, '0')
const told = (facts: Partial<Told>): Told => ({
  channels: ['webhook'],
  sendResolved: true,
  atMs: 1,
  count: 1,
  firing: new Set(),
  open: new Set(),
  dropped: new Set(),
  ...facts,
})
const group = (...entries: Told[]): GroupRecord => ({
  key: '{}:{}',
  route: { key: '{}', name: 'default', receiver: 'default' },
  labels: { a: 'b' },
  anchorMs: 5,
  told: entries,
})

function stored(record: GroupRecord) {
  const { stored: main, pages } = encodeGroup(record, (page) => `told.x.1.${page}`)
  return { main: JSON.stringify(main), pages }
}

function read(main: string, pages: ReadonlyMap<string, string>) {
  return decodeGroup(storedGroup.parse(JSON.parse(main)), (name) => pages.get(name))
}

describe('the record of a group', () => {
  it('comes back as it was written', () => {
    const [a, b, c] = [fingerprint(1), fingerprint(0xffff), 'fedcba9876543210']
    const record = group(
      told({ firing: new Set([a, b]), open: new Set([a, b, c]), dropped: new Set([b]) }),
      told({
        channels: ['slack', 'email'],
        sendResolved: false,
        count: 7,
        firing: new Set([c]),
        open: new Set([c]),
      }),
    )
    const { main, pages } = stored(record)
    expect(pages.size).toBe(0)
    expect(read(main, pages)).toEqual(record)
    expect(read(stored({ ...record, anchorMs: undefined }).main, pages)?.anchorMs).toBeUndefined()
  })

  it('of 50,000 members and two histories is in parts that each fit a message', () => {
    const all = new Set(Array.from({ length: 50_000 }, (_, i) => fingerprint(i * 7919)))
    const some = new Set([...all].filter((_, i) => i % 3 === 0))
    const record = group(
      told({ firing: all, open: all }),
      told({ channels: ['slack'], firing: some, open: some }),
    )
    const { main, pages } = stored(record)
    expect(pages.size).toBe(1)
    for (const part of [main, ...pages.values()]) expect(part.length).toBeLessThan(600_000)
    expect(read(main, pages)).toEqual(record)
    // Half of what was told is not what was told.
    expect(read(main, new Map())).toBeUndefined()
  })
})
