import type { Bus } from '@tocsin/runtime'
import type { BatchMessage } from './batch-writer.ts'

/** How long a request may wait for NATS: its sender tries again, so it need not be long. Milliseconds. */
const DEADLINE_MS = 5000

/**
 * Stores the messages of one request in METRICS. What was stored before another failed does no harm: when the request
 * is sent again, the same ids count once.
 * @throws BusError when one could not be stored: `retryable` when its sender should try again
 */
export async function storeBatches(
  bus: Pick<Bus, 'publish' | 'subjects'>,
  source: string,
  messages: readonly BatchMessage[],
  signal?: AbortSignal,
): Promise<void> {
  const subject = bus.subjects.metrics(source)
  const options = { deadlineMs: DEADLINE_MS, ...(signal ? { signal } : {}) }
  // In the order of the request: one connection stores them in the order in which they are sent.
  await Promise.all(messages.map(({ id, json }) => bus.publish(subject, json, { msgId: id, ...options })))
}
