import { shortHash } from '../../grouping/group-key.ts'
import type { ChannelKind } from '../policy.ts'

/** The longest that a receiver's part may be: consumers and subjects are named after it. */
const MOST = 48

/**
 * Names for the queues of a receiver's integrations: `<receiver>-<type>`, from the second of a type on with a number.
 * The same receiver always gets the same; what a subject cannot hold is replaced, and told apart by a hash.
 */
export function createChannelNames(): (receiver: string, type: ChannelKind) => string {
  const counts = new Map<string, number>()
  return (receiver, type) => {
    const name = `${asName(receiver)}-${type}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name}-${count}`
  }
}

function asName(receiver: string): string {
  const plain = receiver.replaceAll(/[^A-Za-z0-9_-]+/g, '_').slice(0, MOST)
  return plain === receiver ? plain : `${plain}-${shortHash(receiver).slice(0, 6)}`
}
