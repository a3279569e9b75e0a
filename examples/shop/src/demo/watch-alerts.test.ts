import { describe, expect, it } from 'vitest'
import { type ActiveAlert, compareAlerts } from './watch-alerts.ts'

const alert = (state: ActiveAlert['state'], labels: Record<string, string> = {}): ActiveAlert => ({
  name: 'Slow',
  state,
  labels: { alertname: 'Slow', ...labels },
})

describe('what changed between two looks at the alerts', () => {
  it.each([
    ['nothing', [alert('firing')], [alert('firing')], []],
    ['a new alert', [], [alert('pending')], ['pending']],
    ['one that fires', [alert('pending')], [alert('firing')], ['firing']],
    ['one that ends', [alert('firing')], [], ['resolved']],
    ['one that never fired', [alert('pending')], [], ['gone']],
    [
      'another instance',
      [alert('firing', { i: 'a' })],
      [alert('firing', { i: 'b' })],
      ['firing', 'resolved'],
    ],
  ])('is told for %s', (_, before, now, states) => {
    expect(compareAlerts(before, now).map((change) => change.state)).toEqual(states)
  })
})
