import type { DeliveryEvent } from '@tocsin/contract'
import type { Colors } from 'picocolors/types.js'
import { formatTime } from '../query/format-number.ts'

/** The columns of {@link deliveryCells}. */
export const deliveryHead = ['time', 'outcome', 'channel', 'try', 'took', 'what', 'reason'] as const

/** A line of the delivery log, cell by cell. */
export function deliveryCells(entry: DeliveryEvent, colors: Colors): string[] {
  const { time, channel, attempt, durationMs, title } = entry
  return [
    formatTime(Date.parse(time)),
    outcomeText(entry, colors),
    channel,
    attempt === 0 ? '' : String(attempt),
    attempt === 0 ? '' : durationText(durationMs),
    title,
    reasonText(entry),
  ]
}

/** The outcome in its colour. */
export function outcomeText({ outcome }: Pick<DeliveryEvent, 'outcome'>, colors: Colors): string {
  const paint = { delivered: colors.green, failed: colors.yellow, suppressed: colors.dim, dead: colors.red }
  return paint[outcome](outcome)
}

/** Why it came out so, in a few words. */
export function reasonText({
  reason,
  detail,
  fellBackTo,
  fallback,
}: Pick<DeliveryEvent, 'reason' | 'detail' | 'fellBackTo' | 'fallback'>): string {
  return [
    reason === 'ok' ? '' : reason,
    reason === 'ok' ? '' : (detail?.replace(/\s+/g, ' ').slice(0, 80) ?? ''),
    fellBackTo === undefined ? '' : `→ ${fellBackTo} is told`,
    fallback === undefined
      ? ''
      : `for ${fallback.receiver}, whose ${fallback.channel} had ${fallback.reason}`,
  ]
    .filter(Boolean)
    .join('; ')
}

/** `45 ms`, `1.2 s`, `3 min`, `2.5 h`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return ms < 3_600_000 ? `${(ms / 60_000).toFixed(0)} min` : `${(ms / 3_600_000).toFixed(1)} h`
}
