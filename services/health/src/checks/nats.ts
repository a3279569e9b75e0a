import type { Bus } from '@tocsin/runtime'
import type { Check } from '../check.ts'

const SLOW_MS = 250

/** NATS answers, and JetStream with it: without either nothing that is accepted could be kept. */
export function natsCheck(bus: Bus): Check {
  return {
    name: 'nats',
    type: 'database',
    critical: true,
    async run() {
      const trouble = bus.trouble()
      if (trouble) return { status: 'unhealthy', message: trouble }
      const roundTripMs = await bus.nc.rtt()
      const { storage, streams } = await bus.jsm.getAccountInfo()
      const details = { roundTripMs, storageBytes: storage, streams }
      if (roundTripMs > SLOW_MS)
        return { status: 'degraded', message: `NATS takes ${roundTripMs} ms to answer`, details }
      return { status: 'healthy', message: 'NATS and JetStream answer', details }
    },
  }
}
