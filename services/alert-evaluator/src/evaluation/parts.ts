import type { Moment } from '@tocsin/alerting'
import type { Lease } from '@tocsin/runtime'
import { shardOf } from '../replicas/shards.ts'
import type { Tenure } from '../replicas/share-work.ts'

interface Part {
  readonly tenure: Tenure
  /** While it goes through the past: the last sequence of the stream that its rules have seen. */
  cursor: number
  evaluating: boolean
  /** Whether what it had to catch up with is durable, so that its position may be written. */
  positioned: boolean
}

/** The parts of the rules in hand, and how far each has come. */
export interface Parts {
  add(tenure: Tenure, cursor: number): void
  remove(shard: number): void
  evaluates(shard: number): boolean
  stopEvaluating(shard: number): void
  leaseOf(shard: number): Lease | undefined
  tenures(): readonly Tenure[]
  /** All have come to this sequence at least. */
  reach(sequence: number): void
  cursorOf(shard: number): number
  /** Which rules have yet to see a sequence of the stream. */
  concerns(sequence: number): NonNullable<Moment['only']>
  /** Parts that have not come to a sequence. */
  behind(sequence: number): readonly number[]
  /** How far the part has come that is furthest behind; infinite without any. */
  least(): number
  mayWritePosition(tenures: readonly Tenure[]): void
  positioned(): readonly number[]
}

export function createParts(): Parts {
  const parts = new Map<number, Part>()
  const evaluated = () => parts.entries().filter(([, { evaluating }]) => evaluating)
  return {
    add: (tenure, cursor) =>
      void parts.set(tenure.shard, { tenure, cursor, evaluating: true, positioned: false }),
    remove: (shard) => void parts.delete(shard),
    evaluates: (shard) => parts.get(shard)?.evaluating === true,
    stopEvaluating(shard) {
      const part = parts.get(shard)
      if (part) part.evaluating = false
    },
    leaseOf: (shard) => parts.get(shard)?.tenure.lease,
    tenures: () => [...parts.values()].map(({ tenure }) => tenure),
    reach(sequence) {
      for (const part of parts.values()) part.cursor = Math.max(part.cursor, sequence)
    },
    cursorOf: (shard) => parts.get(shard)?.cursor ?? 0,
    concerns(sequence) {
      const seen = new Set(parts.keys().filter((shard) => (parts.get(shard)?.cursor ?? 0) >= sequence))
      return ({ group }) => !seen.has(shardOf(group.id))
    },
    behind: (sequence) =>
      evaluated()
        .filter(([, { cursor }]) => cursor < sequence)
        .map(([shard]) => shard)
        .toArray(),
    least: () => Math.min(...evaluated().map(([, { cursor }]) => cursor)),
    mayWritePosition(tenures) {
      for (const tenure of tenures) {
        const part = parts.get(tenure.shard)
        if (part?.tenure === tenure) part.positioned = true
      }
    },
    positioned: () =>
      evaluated()
        .filter(([, { positioned }]) => positioned)
        .map(([shard]) => shard)
        .toArray(),
  }
}
