import { deadLetterHeaders as h } from '@tocsin/contract'
import type { BareContext } from './bare-service.ts'

export interface SeenLetter {
  readonly subject: string
  readonly reason: string
  readonly detail: string
  readonly stream: string
  readonly sequence: number
  readonly service: string
  readonly from: string
  readonly cut: string
  readonly body: Uint8Array
}

/** The dead letters of messages on one subject, oldest first. */
export async function deadLetters(ctx: BareContext, subject: string): Promise<SeenLetter[]> {
  const stream = ctx.bus.streamName('DEAD_LETTERS')
  const { state } = await ctx.bus.jsm.streams.info(stream)
  const letters: SeenLetter[] = []
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
    const message = await ctx.bus.jsm.streams.getMessage(stream, { seq })
    if (message?.header.get(h.subject) !== subject) continue
    letters.push({
      subject: message.subject,
      reason: message.header.get(h.reason),
      detail: message.header.get(h.detail),
      stream: message.header.get(h.stream),
      sequence: Number(message.header.get(h.sequence)),
      service: message.header.get(h.service),
      from: message.header.get('X-From'),
      cut: message.header.get(h.cut),
      body: new Uint8Array(message.data),
    })
  }
  return letters
}

/** The value of a metric's sample with these labels; 0 when there is none. */
export async function metricOf(
  ctx: BareContext,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> {
  const json = await ctx.metrics.registry.getMetricsAsJSON()
  const values = json.find((metric) => metric.name === name)?.values ?? []
  const wanted = Object.entries(labels)
  const found = values.filter((sample) =>
    wanted.every(([key, value]) => (sample.labels as Record<string, unknown>)[key] === value),
  )
  return found.reduce((sum, sample) => sum + sample.value, 0)
}
