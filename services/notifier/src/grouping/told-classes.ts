import type { AlertRecord, Told } from './records.ts'

/** A way of the group's receiver to be told. */
export interface Way {
  readonly channel: string
  readonly sendResolved: boolean
}

/** Channels that have been told the same so far. */
export interface Class {
  readonly told: Told
  /** The receiver had them once: they still hear of the ends of what they were told. */
  readonly isFormer: boolean
}

const NONE: ReadonlySet<string> = new Set()

/** Asked for every alert, and the same for as long as the policy holds. */
const untoldByWays = new WeakMap<readonly Way[], readonly Class[]>()

/** A receiver's channels by what they have been told, then those that it had. */
export function classesOf(told: readonly Told[], ways: readonly Way[]): readonly Class[] {
  if (told.length > 0) return classesOfTold(told, ways)
  const known = untoldByWays.get(ways)
  if (known) return known
  const classes = classesOfTold(told, ways)
  untoldByWays.set(ways, classes)
  return classes
}

function classesOfTold(told: readonly Told[], ways: readonly Way[]): readonly Class[] {
  const classes: Class[] = []
  for (const entry of told) {
    for (const sendResolved of [true, false]) {
      const channels = channelsOf(ways, sendResolved).filter((channel) => entry.channels.includes(channel))
      if (channels.length > 0)
        classes.push({ told: narrowed(entry, channels, sendResolved), isFormer: false })
    }
    const former = entry.channels.filter((channel) => !ways.some((way) => way.channel === channel))
    if (former.length > 0 && entry.sendResolved && entry.open.size > 0)
      classes.push({ told: narrowed(entry, former, true), isFormer: true })
  }
  for (const sendResolved of [true, false]) {
    const isKnown = (channel: string) => told.some(({ channels }) => channels.includes(channel))
    const channels = channelsOf(ways, sendResolved).filter((channel) => !isKnown(channel))
    if (channels.length > 0) classes.push({ told: nothingTold(channels, sendResolved), isFormer: false })
  }
  return classes
}

/** Whether channels have yet to hear of a member's state. */
export function isNews(
  { fingerprint, status }: AlertRecord,
  { told, isFormer }: Class,
  moved: ReadonlySet<string>,
): boolean {
  if (status === 'firing') return !isFormer && !told.firing.has(fingerprint) && !moved.has(fingerprint)
  return told.open.has(fingerprint) && !told.dropped.has(fingerprint)
}

function channelsOf(ways: readonly Way[], sendResolved: boolean): readonly string[] {
  return ways.filter((way) => way.sendResolved === sendResolved).map(({ channel }) => channel)
}

/** The same object where nothing is left out: what changed is told by identity. */
function narrowed(entry: Told, channels: readonly string[], sendResolved: boolean): Told {
  if (channels.length === entry.channels.length && sendResolved === entry.sendResolved) return entry
  return { ...entry, channels, sendResolved }
}

function nothingTold(channels: readonly string[], sendResolved: boolean): Told {
  return { channels, sendResolved, atMs: 0, count: 0, firing: NONE, open: NONE, dropped: NONE }
}
