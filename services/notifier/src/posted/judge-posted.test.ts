import type { PostedAlert } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { judgePosted, mergeOverlapping } from './judge-posted.ts'

const NOW = Date.UTC(2026, 2, 1, 12)
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString()
const alert = (startsAt: number, endsAt: number, change: Partial<PostedAlert> = {}): PostedAlert => ({
  labels: { alertname: 'X' },
  annotations: {},
  startsAt: at(startsAt),
  endsAt: at(endsAt),
  timeout: false,
  generatorURL: '',
  ...change,
})
const firing = (known: PostedAlert) => ({ alert: known, postedMs: NOW - 60_000, isFiring: true })

describe('judgePosted', () => {
  it.each([
    ['firing', 'is new', undefined, alert(0, 5)],
    ['firing', 'had ended', { alert: alert(-9, -5), postedMs: NOW - 60_000, isFiring: false }, alert(-1, 5)],
    ['refreshed', 'still fires', firing(alert(-3, 2)), alert(-3, 5)],
    ['refreshed', 'still fires, since now for all its sender knows', firing(alert(-3, 2)), alert(0, 5)],
    ['changed', 'has other annotations', firing(alert(-3, 2)), alert(-3, 5, { annotations: { value: '2' } })],
    ['changed', 'began anew', firing(alert(-3, -2)), alert(-1, 5)],
    ['resolved', 'has ended', firing(alert(-3, 2)), alert(-3, 0)],
    ['ended_before', 'ended before anybody knew', undefined, alert(-3, 0)],
    [
      'ended_before',
      'ended twice',
      { alert: alert(-3, -1), postedMs: NOW - 60_000, isFiring: false },
      alert(-3, -1),
    ],
  ] as const)('has it as %s when it %s', (action, _, known, posted) => {
    expect(judgePosted(known, posted, NOW).action).toBe(action)
  })

  it('has the beginning of what has ended already as late, where nothing had come of it', () => {
    const ended = { alert: alert(-3, -1), postedMs: NOW, isFiring: false, unheardSinceMs: NOW - 9 }
    expect(judgePosted(ended, alert(-3, 5), NOW - 1).action).toBe('late')
    expect(judgePosted(ended, alert(-3, -2), NOW - 1).action).toBe('overtaken')
    expect(judgePosted(ended, alert(-3, 5), NOW - 9).action).toBe('overtaken')
  })

  it('does not let an older post undo what is known', () => {
    const known = { alert: alert(-3, -1), postedMs: NOW, isFiring: false }
    expect(judgePosted(known, alert(-3, 5), NOW - 1).action).toBe('overtaken')
  })
})

describe('mergeOverlapping', () => {
  it.each([
    ['keeps the earlier start', alert(-3, 2), alert(-1, 5), alert(-3, 5)],
    [
      'keeps the start of what is posted alone where they are apart',
      alert(-9, -5),
      alert(-1, 5),
      alert(-1, 5),
    ],
    [
      'keeps an end that was given before a timeout',
      alert(-3, 60),
      alert(-3, 5, { timeout: true }),
      alert(-3, 60),
    ],
    [
      'lets a timeout give way to a timeout',
      alert(-3, 60, { timeout: true }),
      alert(-3, 5, { timeout: true }),
      alert(-3, 5, { timeout: true }),
    ],
    ['takes an end at once', alert(-3, 60), alert(-3, 0), alert(-3, 0)],
    ['takes the later of two ends that have been', alert(-9, -1), alert(-9, -2), alert(-9, -1)],
  ])('%s', (_, old, posted, merged) => {
    expect(mergeOverlapping(old, posted, NOW)).toEqual(merged)
  })
})
