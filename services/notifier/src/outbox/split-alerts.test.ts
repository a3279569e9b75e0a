import fc from 'fast-check'
import { expect, it } from 'vitest'
import { alertsNotification } from '../../test/samples/events.ts'
import { splitAlerts } from './split-alerts.ts'

it('keeps every alert and their order, in parts that fit', () => {
  const sample = alertsNotification('webhook')
  const [alert] = sample.alerts
  if (!alert) throw new Error('the sample has an alert')
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 100 }), (texts) => {
      const alerts = texts.map((text, n) => ({ ...alert, annotations: { text }, labels: { n: String(n) } }))
      const parts = splitAlerts({ ...sample, alerts }, 4000)
      expect(parts.flatMap((part) => part.alerts)).toEqual(alerts)
      for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThanOrEqual(4000)
      expect(new Set(parts.map((part) => part.id)).size).toBe(parts.length)
    }),
  )
})

it('leaves a notification that fits as it is', () => {
  const event = alertsNotification('webhook')
  expect(splitAlerts(event, 100_000)).toEqual([event])
})
