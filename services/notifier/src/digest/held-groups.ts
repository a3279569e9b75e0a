import type { OutboxEvent } from '@tocsin/contract'

/** The groups of which something waits for a digest of one channel, since that is over its limit. */
export interface HeldGroups {
  add(channel: string, groupKey: string, id: string): void
  remove(id: string): void
  has(event: Pick<OutboxEvent, 'channel' | 'groupKey'>): boolean
}

export function createHeldGroups(): HeldGroups {
  const groupOf = new Map<string, string>()
  const counts = new Map<string, number>()
  const keyOf = (channel: string, groupKey: string) => `${channel} ${groupKey}`
  return {
    add(channel, groupKey, id) {
      if (groupOf.has(id)) return
      const key = keyOf(channel, groupKey)
      groupOf.set(id, key)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    remove(id) {
      const key = groupOf.get(id)
      if (key === undefined) return
      groupOf.delete(id)
      const left = (counts.get(key) ?? 1) - 1
      if (left === 0) counts.delete(key)
      else counts.set(key, left)
    },
    has: ({ channel, groupKey }) => counts.has(keyOf(channel, groupKey)),
  }
}
