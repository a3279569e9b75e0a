import type { AlertRecord, Told } from './records.ts'
import { type Class, classesOf, isNews, type Way } from './told-classes.ts'

/** A group at the moment it is looked at. */
export interface FlushInput {
  readonly members: readonly AlertRecord[]
  /** Fingerprints of members that the policy has moved elsewhere: only their end is still told here. */
  readonly moved: ReadonlySet<string>
  readonly told: readonly Told[]
  readonly ways: readonly Way[]
  readonly repeatMs: number | undefined
  readonly isMuted: (record: AlertRecord) => boolean
  readonly isAcknowledged: (record: AlertRecord) => boolean
}

export type TellReason = 'first' | 'new_alerts' | 'resolved' | 'repeat'

/** A notification of a flush, for the channels that know the same so far. */
export interface Telling {
  readonly channels: readonly string[]
  readonly reason: TellReason
  /** Everything that fires, and what has resolved since these channels heard that it fires. */
  readonly alerts: readonly AlertRecord[]
  /** The transitions that these channels are the first to hear; none for a repeat. */
  readonly news: readonly AlertRecord[]
  /** How often these channels had been told before. */
  readonly count: number
}

export interface FlushDecision {
  readonly tellings: readonly Telling[]
  /** What is known of the channels afterwards. */
  readonly told: readonly Told[]
  readonly isChanged: boolean
  /** News that were left out since they are muted. */
  readonly muted: readonly AlertRecord[]
}

const NONE: ReadonlySet<string> = new Set()

/** Decides what a group tells now, to whom, and what is known of it afterwards: Alertmanager's deduplication. */
export function decideFlush(input: FlushInput, nowMs: number): FlushDecision {
  const visible: AlertRecord[] = []
  const muted: AlertRecord[] = []
  for (const member of input.members) (input.isMuted(member) ? muted : visible).push(member)
  const ended = input.members.filter(({ status }) => status === 'resolved')
  const classes = classesOf(input.told, input.ways)
  const tellings: Telling[] = []
  const told: Told[] = []
  let isChanged = false
  for (const known of classes) {
    const { telling, next } = decideClass(known, visible, input, nowMs)
    if (telling) tellings.push(telling)
    const after = withDropped(next ?? known.told, ended)
    if (after !== known.told) isChanged = true
    if (after.count > 0 || after.open.size > 0) told.push(after)
  }
  const isLeftOut = (member: AlertRecord) => classes.some((known) => isNews(member, known, input.moved))
  return { tellings, told, isChanged, muted: muted.filter(isLeftOut) }
}

function decideClass(
  known: Class,
  visible: readonly AlertRecord[],
  { moved, repeatMs, isAcknowledged }: FlushInput,
  nowMs: number,
): { readonly telling?: Telling; readonly next?: Told } {
  const { told, isFormer } = known
  const firing = visible.filter((m) => m.status === 'firing' && !isFormer && !moved.has(m.fingerprint))
  const fresh = firing.filter((m) => isNews(m, known, moved))
  const ended = visible.filter((m) => m.status === 'resolved' && isNews(m, known, moved))
  const send = (reason: TellReason, news: readonly AlertRecord[]) => {
    const alerts = told.sendResolved ? [...firing, ...ended] : firing
    const telling = { channels: told.channels, reason, alerts, news, count: told.count }
    return { telling, next: afterTelling(told, firing, ended, nowMs) }
  }
  if (fresh.length > 0)
    return send(told.count === 0 ? 'first' : 'new_alerts', told.sendResolved ? [...fresh, ...ended] : fresh)
  if (ended.length > 0 && told.sendResolved) return send('resolved', ended)
  // They are not told of ends, but what fires after that is news to them.
  if (ended.length > 0 && firing.length === 0) return { next: afterTelling(told, [], ended, told.atMs) }
  if (repeatMs === undefined || nowMs - told.atMs < repeatMs || firing.every(isAcknowledged)) return {}
  return send('repeat', [])
}

function afterTelling(
  told: Told,
  firing: readonly AlertRecord[],
  ended: readonly AlertRecord[],
  atMs: number,
): Told {
  const now = new Set(firing.map(({ fingerprint }) => fingerprint))
  const after = { ...told, atMs, count: told.count + 1, firing: now, open: now, dropped: NONE }
  if (!told.sendResolved || told.open.size === 0) return after
  const open = new Set(now)
  const closed = new Set(ended.map(({ fingerprint }) => fingerprint))
  for (const one of told.open) if (!closed.has(one) && !told.dropped.has(one)) open.add(one)
  return { ...after, open }
}

/** Of members that leave, ended, while a channel believes that they fire: their end is not told any more. */
function withDropped(told: Told, ended: readonly AlertRecord[]): Told {
  const leaving = ended.filter(({ fingerprint: f }) => told.open.has(f) && !told.dropped.has(f))
  if (leaving.length === 0) return told
  const open = new Set(told.open)
  const dropped = new Set(told.dropped)
  for (const { fingerprint } of leaving)
    if (told.firing.has(fingerprint)) dropped.add(fingerprint)
    else open.delete(fingerprint)
  return { ...told, open, dropped }
}
