import type { NameChecks } from './check-names.ts'
import type { LabelTexts } from './label-texts.ts'
import { readExemplarLabels } from './read-exemplar-labels.ts'
import type { Received } from './received.ts'
import type { KnownSeries } from './series-book.ts'

/** An exemplar as it was sent. */
export interface SentExemplar {
  readonly texts: LabelTexts
  readonly value: number
  readonly timeMs: number
}

/** Takes an exemplar of a series, or refuses it. One may be far older than the samples around it. */
export function takeExemplar(
  { texts, value, timeMs }: SentExemplar,
  of: KnownSeries,
  { labelFault }: Pick<NameChecks, 'labelFault'>,
  into: Received,
): void {
  if (of.refusal) {
    const { reason, detail } = of.refusal
    into.refusals.add(reason, 1, () => detail)
    return
  }
  const reading = readExemplarLabels(texts, labelFault)
  const fault = reading.fault ?? findFault(value, timeMs, into.window.mostMs)
  if (fault !== undefined || reading.fault !== undefined) {
    into.refusals.add(
      'invalid_exemplar',
      1,
      () => `${of.name}${of.labels}: its exemplar cannot be kept: ${fault}`,
    )
    return
  }
  const series = of.histogram?.series ?? of
  into.exemplars.push({ series, labels: reading.json, value, timeMs })
}

function findFault(value: number, timeMs: number, mostMs: number): string | undefined {
  if (!Number.isFinite(value)) return `its value is ${value}`
  if (timeMs <= 0) return 'it has no time'
  return timeMs > mostMs ? 'its time is in the future' : undefined
}
