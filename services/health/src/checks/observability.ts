import type { Bus, Clock } from '@tocsin/runtime'
import type { Check } from '../check.ts'

const QUIET_MS = 2 * 60_000

/** Metrics still come in: silence of every source is a fault of the monitoring until shown otherwise. */
export function observabilityCheck(bus: Bus, clock: Clock): Check {
  return {
    name: 'observability',
    type: 'observability',
    critical: false,
    async run() {
      const { state } = await bus.jsm.streams.info(bus.streamName('METRICS'))
      if (state.messages === 0) return { status: 'degraded', message: 'no metric event has come in yet' }
      const age = clock.now() - Date.parse(state.last_ts)
      return {
        status: age > QUIET_MS ? 'degraded' : 'healthy',
        message: `the last metric event came in ${Math.max(0, Math.round(age / 1000))} s ago`,
        details: { messages: state.messages, bytes: state.bytes },
      }
    },
  }
}
