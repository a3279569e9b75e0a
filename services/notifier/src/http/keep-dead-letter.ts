import { deadLetterHeaders as h } from '@tocsin/contract'
import type { Bus, Log } from '@tocsin/runtime'

/** Keeps a refused request body as it came, as a dead letter; a NATS that is away costs the copy, not the answer. */
export async function keepDeadLetter(
  { bus, log }: { readonly bus: Pick<Bus, 'publish' | 'subjects' | 'nc'>; readonly log: Log },
  letter: {
    readonly path: string
    readonly reason: string
    readonly detail: string
    readonly body: Uint8Array
    readonly time: string
  },
): Promise<void> {
  const { path, reason, detail, body, time } = letter
  const room = (bus.nc.info?.max_payload ?? 1024 * 1024) - 8192
  const kept = body.byteLength > room ? body.subarray(0, room) : body
  const headers = {
    [h.reason]: reason,
    [h.detail]: detail.replace(/\s+/g, ' ').slice(0, 1024),
    [h.subject]: path,
    [h.stream]: 'http',
    [h.sequence]: '0',
    [h.time]: time,
    [h.service]: 'notifier',
    ...(kept === body ? {} : { [h.cut]: `${kept.byteLength}/${body.byteLength}` }),
  }
  try {
    await bus.publish(bus.subjects.deadLetter('notifier', reason), kept, { headers, deadlineMs: 3000 })
  } catch (error) {
    log.error({ err: error, path, reason }, 'a refused request could not be kept as a dead letter')
  }
}
