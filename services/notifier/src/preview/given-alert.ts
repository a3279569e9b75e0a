import { fingerprint, severityOf, webhookAlert, ZERO_TIME } from '@tocsin/contract'
import { z } from 'zod'
import type { AlertRecord } from '../grouping/records.ts'
import { cutAnnotations } from '../outbox/cut-annotations.ts'

const texts = z.record(z.string().min(1), z.string())
const time = z.iso.datetime({ offset: true, error: 'expected a time such as 2026-01-31T09:30:00Z' })

/** An alert as one posts it to Alertmanager. */
export const givenAlert = z.strictObject({
  labels: texts.refine((labels) => Object.values(labels).some((value) => value !== ''), {
    error: 'expected at least one label, such as {"alertname": "HighErrorRate", "severity": "critical"}',
  }),
  annotations: texts.default({}),
  startsAt: time.optional(),
  endsAt: time.optional(),
  generatorURL: webhookAlert.shape.generatorURL.default(''),
})
export type GivenAlert = z.infer<typeof givenAlert>

/** The record that would be kept of it: an end that has passed makes it resolved. */
export function recordOf(given: GivenAlert, nowMs: number): AlertRecord {
  const labels = Object.fromEntries(Object.entries(given.labels).filter(([, value]) => value !== ''))
  const status = given.endsAt !== undefined && Date.parse(given.endsAt) <= nowMs ? 'resolved' : 'firing'
  const now = new Date(nowMs).toISOString()
  const id = fingerprint(labels)
  return {
    fingerprint: id,
    id,
    seq: 0,
    status,
    severity: severityOf(labels),
    alert: {
      status,
      labels,
      annotations: cutAnnotations(given.annotations),
      startsAt: given.startsAt ?? (status === 'resolved' ? (given.endsAt ?? now) : now),
      endsAt: status === 'resolved' ? (given.endsAt ?? now) : ZERO_TIME,
      generatorURL: given.generatorURL,
      fingerprint: id,
    },
    acceptedMs: nowMs,
    stages: { accepted: now },
  }
}
