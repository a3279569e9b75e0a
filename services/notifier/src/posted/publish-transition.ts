import type { AlertEvent } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { mostBytesOf, partsOf } from '../outbox/parts-of.ts'

/** Stores the transition of a posted alert in ALERTS, for whoever asks what happened; answers its place there. */
export type PublishTransition = (event: AlertEvent) => Promise<number>

interface Waiting {
  readonly text: string
  readonly stored: PromiseWithResolvers<number>
}

/**
 * What is published within one turn of the event loop, as the alerts of one request are, is stored together by alert name.
 * `mostEventBytes`: what consumers take, MAX_EVENT_BYTES.
 */
export function createPublishTransition(
  bus: Pick<Bus, 'publish' | 'subjects' | 'nc'>,
  mostEventBytes: number,
): PublishTransition {
  const waiting = new Map<string, Waiting[]>()

  async function store(alertname: string, part: readonly Waiting[]): Promise<void> {
    try {
      const json = `[${part.map(({ text }) => text).join()}]`
      const { sequence } = await bus.publish(bus.subjects.postedAlerts(alertname), json)
      for (const { stored } of part) stored.resolve(sequence)
    } catch (error) {
      for (const { stored } of part) stored.reject(error)
    }
  }

  function storeAll(): void {
    const byName = [...waiting]
    waiting.clear()
    const most = mostBytesOf(bus, mostEventBytes)
    for (const [alertname, all] of byName)
      for (const part of partsOf(all, most, ({ text }) => text)) void store(alertname, part)
  }

  return (event) => {
    const one: Waiting = { text: JSON.stringify(event), stored: Promise.withResolvers() }
    if (waiting.size === 0) setImmediate(storeAll)
    const all = waiting.get(event.alertname)
    if (all) all.push(one)
    else waiting.set(event.alertname, [one])
    return one.stored.promise
  }
}
