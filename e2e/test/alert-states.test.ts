import { expect, test } from 'vitest'
import { runAlerts } from '../differential/alerts/run-alerts.ts'

const SEED = Number(process.env['TOCSIN_SEED'] ?? 5)

// A machine that is busy for a second too long makes either miss one; what differs by the rules differs every time.
test('the same rules over the same series go through the same states as in a real Prometheus', {
  retry: 2,
  timeout: 120_000,
}, async () => {
  const { prometheus, tocsin } = await runAlerts(SEED, 12)
  expect(tocsin).toEqual(prometheus)
  // Agreement on nothing would say little.
  const names = Object.keys(prometheus).map((key) => /"alertname","(\w+)"/.exec(key)?.[1])
  expect(new Set(names)).toEqual(
    new Set([
      ...['Above', 'AboveFor', 'Kept', 'KeptFor', 'Templated', 'Gone', 'Sum', 'Count', 'Unless', 'Window'],
      ...['GoneFor', 'OnRecorded', 'OnRange', 'Limited'],
    ]),
  )
})
