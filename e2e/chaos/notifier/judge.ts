import type { Arrival } from './ledger.ts'

/** What must hold of everything that was accepted, however often processes were killed. */
export interface Wanted {
  /** Told, and never by two different notifications. */
  readonly once: readonly string[]
  /** Begins before it ends: `firing <n>` before `resolved <n>`. */
  readonly ordered: readonly string[]
  /** Refused by the receiver: a dead letter each. */
  readonly dead: readonly string[]
}

export interface Facts {
  readonly arrivals: readonly Arrival[]
  /** When processes were killed. Milliseconds since the epoch. */
  readonly crashes: readonly number[]
  /** The bodies of the dead letters. */
  readonly letters: readonly string[]
  /** Ids of notifications that the delivery log says were delivered, or held for a digest. */
  readonly logged: ReadonlySet<string>
}

export interface Judgement {
  readonly lost: readonly string[]
  /** Told by two different notifications, though nothing had crashed in between. */
  readonly doubled: readonly string[]
  /** Notifications that were taken again though nothing had crashed in between. */
  readonly unexcused: readonly string[]
  readonly disordered: readonly string[]
  /** With no dead letter, or with more than one. */
  readonly lettersWrong: readonly string[]
  readonly notLogged: readonly string[]
  readonly notifications: number
  /** Attempts in flight at a crash, which were taken once more. */
  readonly repeated: number
  /** Of these, told in a digest the second time: the limit was reached by then. */
  readonly repeatedInDigest: number
}

/** A request that arrives may have been on its way for as long, and a killed process's last one too. */
const SLACK_MS = 50

export function judge(wanted: Wanted, { arrivals, crashes, letters, logged }: Facts): Judgement {
  const taken = arrivals.filter(({ status }) => status === 200)
  const byKey = Map.groupBy(taken, ({ key }) => key)
  const tellingsOf = new Map<string, Arrival[]>()
  for (const arrival of taken)
    for (const token of arrival.tokens) tellingsOf.set(token, [...(tellingsOf.get(token) ?? []), arrival])
  const toldTwice = wanted.once.filter((token) => countKeys(tellingsOf.get(token)) > 1)
  const lettersOf = (token: string) =>
    letters.filter((body) => body.includes(`"n":"${token.split(' ')[1]}"`)).length
  return {
    lost: wanted.once.filter((token) => !tellingsOf.has(token)),
    doubled: toldTwice.filter((token) => !isExcused(tellingsOf.get(token) ?? [], crashes)),
    unexcused: [...byKey].flatMap(([key, all]) => (isExcused(all, crashes) ? [] : [key])),
    disordered: wanted.ordered.filter((n) => !isOrdered(n, taken)),
    lettersWrong: wanted.dead.filter((token) => lettersOf(token) !== 1),
    notLogged: [...byKey.keys()].filter((key) => !logged.has(key)),
    notifications: byKey.size,
    repeated: taken.length - byKey.size,
    repeatedInDigest: toldTwice.length,
  }
}

function countKeys(tellings: readonly Arrival[] = []): number {
  return new Set(tellings.map(({ key }) => key)).size
}

/** Between two times that it was taken lies a crash. */
function isExcused(all: readonly Arrival[], crashes: readonly number[]): boolean {
  return all
    .slice(1)
    .every((again, i) =>
      crashes.some((ms) => ms >= (all[i]?.atMs ?? 0) - SLACK_MS && ms <= again.atMs + SLACK_MS),
    )
}

/** Its beginning is never told after its end, unless the two came folded into one digest. */
function isOrdered(n: string, taken: readonly Arrival[]): boolean {
  const ends = taken.findIndex(({ tokens }) => tokens.includes(`resolved ${n}`))
  const begins = taken.findLastIndex(({ tokens }) => tokens.includes(`firing ${n}`))
  return ends === -1 || begins < ends
}
