import type { SloStatus } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { z } from 'zod'

export type States = Readonly<Record<string, SloStatus['state']>>

const KEY = 'standings'
const kept = z.record(z.string(), z.enum(['met', 'breached', 'no_traffic', 'no_data', 'misconfigured']))

/** The last known states of the objectives, kept so that a restart tells no breach twice. */
export interface Standings {
  read(): Promise<States>
  write(states: States): Promise<void>
}

export function createStandings(bucket: Awaited<ReturnType<Bus['kv']>>): Standings {
  return {
    async read() {
      const entry = await bucket.get(KEY)
      if (entry?.operation !== 'PUT') return {}
      return kept.catch({}).parse(JSON.parse(entry.string()))
    },
    async write(states) {
      await bucket.put(KEY, JSON.stringify(states))
    },
  }
}
