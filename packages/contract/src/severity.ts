import { z } from 'zod'
import type { Labels } from './envelope.ts'

/** The brief's severities, least first. */
export const severities = ['low', 'medium', 'high', 'critical'] as const
export const severity = z.enum(severities)
export type Severity = z.infer<typeof severity>

// What rules written for Prometheus commonly say in their severity label.
const synonyms: ReadonlyMap<string, Severity> = new Map([
  ['page', 'critical'],
  ['emergency', 'critical'],
  ['error', 'high'],
  ['major', 'high'],
  ['warning', 'medium'],
  ['warn', 'medium'],
  ['minor', 'low'],
  ['info', 'low'],
  ['none', 'low'],
])

/** The severity that a label set states; common synonyms are understood, anything else is `medium`. */
export function severityOf(labels: Labels): Severity {
  const stated = labels['severity']?.toLowerCase() ?? ''
  return severity.safeParse(stated).data ?? synonyms.get(stated) ?? 'medium'
}

/** Every word for a severity that {@link severityOf} knows, in small letters. */
export function severityWords(wanted: Severity): readonly string[] {
  return [wanted, ...[...synonyms].filter(([, severity]) => severity === wanted).map(([word]) => word)]
}
