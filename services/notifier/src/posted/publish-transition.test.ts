import { createSubjects } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { describe, expect, it } from 'vitest'
import { createPublishTransition } from './publish-transition.ts'
import { toTransition } from './to-transition.ts'

const subjects = createSubjects()

const transitionOf = (alertname: string, n: number) =>
  toTransition(
    {
      labels: { alertname, n: String(n) },
      annotations: {},
      startsAt: '2026-03-01T12:00:00.000Z',
      endsAt: '2026-03-01T12:05:00.000Z',
      timeout: false,
      generatorURL: '',
    },
    { id: `${alertname}-${n}`, fingerprint: '0123456789abcdef', state: 'firing', atMs: 0 },
  )

/** A bus that keeps what is published, and refuses the subjects given. */
function createKeepingBus(refused: readonly string[] = []) {
  const kept: { readonly subject: string; readonly ids: readonly string[]; readonly bytes: number }[] = []
  const publish: Bus['publish'] = (subject, payload) => {
    const json = String(payload)
    if (refused.includes(subject)) return Promise.reject(new Error('no room'))
    const ids = (JSON.parse(json) as { id: string }[]).map(({ id }) => id)
    kept.push({ subject, ids, bytes: Buffer.byteLength(json) })
    return Promise.resolve({ stream: 'ALERTS', sequence: kept.length, duplicate: false })
  }
  return { kept, bus: { publish, subjects, nc: { info: undefined } as Bus['nc'] } }
}

describe('transitions of posted alerts', () => {
  it('of one turn are stored together by their name, and know their place', async () => {
    const { kept, bus } = createKeepingBus()
    const publish = createPublishTransition(bus, 1_000_000)
    const first = [transitionOf('A', 0), transitionOf('B', 0), transitionOf('A', 1)].map(publish)
    expect(await Promise.all(first)).toEqual([1, 2, 1])
    expect(await publish(transitionOf('A', 2))).toBe(3)
    expect(kept.map(({ subject, ids }) => [subject, ids])).toEqual([
      [subjects.postedAlerts('A'), ['A-0', 'A-1']],
      [subjects.postedAlerts('B'), ['B-0']],
      [subjects.postedAlerts('A'), ['A-2']],
    ])
  })

  it('that fit no single message are several, in their order', async () => {
    const { kept, bus } = createKeepingBus()
    const publish = createPublishTransition(bus, 20_000)
    const places = await Promise.all(Array.from({ length: 50 }, (_, n) => publish(transitionOf('A', n))))
    expect(kept.length).toBeGreaterThan(1)
    expect(kept.every(({ bytes }) => bytes <= 20_000)).toBe(true)
    expect(kept.flatMap(({ ids }) => ids)).toEqual(Array.from({ length: 50 }, (_, n) => `A-${n}`))
    expect(places).toEqual(kept.flatMap(({ ids }, i) => ids.map(() => i + 1)))
  })

  it('that cannot be stored keep no others from it', async () => {
    const { kept, bus } = createKeepingBus([subjects.postedAlerts('A')])
    const publish = createPublishTransition(bus, 1_000_000)
    const [a, b] = await Promise.allSettled([transitionOf('A', 0), transitionOf('B', 0)].map(publish))
    expect(a?.status).toBe('rejected')
    expect(b).toMatchObject({ status: 'fulfilled', value: 1 })
    expect(kept.map(({ ids }) => ids)).toEqual([['B-0']])
  })
})
