import type { OutboxEvent } from '@tocsin/contract'

type Event = Pick<OutboxEvent, 'id' | 'groupKey'>

/** What stands in a channel's queue, by group: nothing of a group may pass that by. */
export interface Queued {
  /** It is about to be put into the queue, or has come out of it with so many behind it. */
  begin(event: Event, behind?: number): void
  /** It needs nothing more. */
  end(event: Event): void
  mayPass(groupKey: string): boolean
  /** Nothing may pass until the queue has been emptied. */
  close(): void
}

/** `isEmpty`: of a queue in which a predecessor left something it is not known what groups that is of. */
export function createQueued(isEmpty: boolean): Queued {
  const groups = new Map<string, Set<string>>()
  let isOpen = isEmpty
  let behindLast = 0
  return {
    begin({ id, groupKey }, behind) {
      const ids = groups.get(groupKey)
      if (ids) ids.add(id)
      else groups.set(groupKey, new Set([id]))
      if (behind !== undefined) behindLast = behind
    },
    end({ id, groupKey }) {
      const ids = groups.get(groupKey)
      ids?.delete(id)
      if (ids?.size === 0) groups.delete(groupKey)
      if (groups.size === 0 && behindLast === 0) isOpen = true
    },
    mayPass: (groupKey) => isOpen && !groups.has(groupKey),
    close() {
      isOpen = false
    },
  }
}
