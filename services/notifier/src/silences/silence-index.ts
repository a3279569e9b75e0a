import type { Labels } from '@tocsin/contract'
import { type Matcher, matchesAll } from '../matchers/matcher.ts'
import type { Silence } from './silence.ts'

/** Finds the silences whose matchers a label set satisfies, whenever they begin and end. */
export interface SilenceIndex {
  put(silence: Silence): void
  delete(id: string): void
  clear(): void
  /** Answers are kept by the identity of the labels: they must never change. */
  matching(labels: Labels): readonly Silence[]
}

interface Change {
  readonly id: string
  readonly silence: Silence | undefined
}

interface Found {
  readonly at: number
  readonly silences: readonly Silence[]
}

/** With more changes than this, finding anew costs less than following them. */
const MOST_FOLLOWED = 50
const MOST_CHANGES = 10_000
const NONE: readonly Silence[] = []

interface Key {
  readonly name: string
  readonly values: readonly string[]
}

interface Entry {
  readonly silence: Silence
  /** The condition by whose values it is found; undefined: every label set is asked about it. */
  readonly key: Key | undefined
}

/** Of 1000 silences, nearly all name a value of some label: only those of the values that an alert has are asked. */
export function createSilenceIndex(): SilenceIndex {
  const entries = new Map<string, Entry>()
  const byLabel = new Map<string, Map<string, Set<Silence>>>()
  const others = new Set<Silence>()
  /** What was found for labels, as of so many changes. */
  let known = new WeakMap<Labels, Found>()
  let changes: Change[] = []

  function remove(id: string): void {
    const entry = entries.get(id)
    if (!entry) return
    entries.delete(id)
    others.delete(entry.silence)
    const { key, silence } = entry
    const byValue = key && byLabel.get(key.name)
    for (const value of key?.values ?? []) {
      byValue?.get(value)?.delete(silence)
      if (byValue?.get(value)?.size === 0) byValue.delete(value)
    }
    if (key && byValue?.size === 0) byLabel.delete(key.name)
  }

  function add(silence: Silence): void {
    const key = leastCrowded(silence.matchers)
    entries.set(silence.record.id, { silence, key })
    if (!key) return void others.add(silence)
    const byValue = byLabel.get(key.name) ?? new Map<string, Set<Silence>>()
    byLabel.set(key.name, byValue)
    for (const value of key.values) byValue.set(value, (byValue.get(value) ?? new Set()).add(silence))
  }

  /** Where fewest silences are found already: a silence of one instance lies under it, not among all of its severity. */
  function leastCrowded(matchers: readonly Matcher[]): Key | undefined {
    let best: Key | undefined
    let fewest = Number.POSITIVE_INFINITY
    for (const { name, values } of matchers) {
      if (!values) continue
      const byValue = byLabel.get(name)
      const crowd = values.reduce((sum, value) => sum + 1 + (byValue?.get(value)?.size ?? 0), 0)
      if (crowd < fewest) [best, fewest] = [{ name, values }, crowd]
    }
    return best
  }

  function find(labels: Labels): readonly Silence[] {
    const found: Silence[] = []
    const ask = (candidates: Iterable<Silence>) => {
      for (const silence of candidates) if (matchesAll(silence.matchers, labels)) found.push(silence)
    }
    for (const [name, byValue] of byLabel) {
      const value = Object.hasOwn(labels, name) ? labels[name] : undefined
      if (value !== undefined) ask(byValue.get(value) ?? [])
    }
    ask(others)
    return found
  }

  function note(change: Change): void {
    if (changes.length >= MOST_CHANGES) forget()
    changes.push(change)
  }

  function forget(): void {
    known = new WeakMap()
    changes = []
  }

  /** One silence more makes nobody ask all the others again. */
  function follow(labels: Labels, { at, silences }: Found): readonly Silence[] {
    let found = silences
    for (const { id, silence } of changes.slice(at)) {
      found = found.filter(({ record }) => record.id !== id)
      if (silence && matchesAll(silence.matchers, labels)) found = [...found, silence]
    }
    return found
  }

  return {
    put(silence) {
      const { id } = silence.record
      remove(id)
      add(silence)
      note({ id, silence })
    },
    delete(id) {
      if (!entries.has(id)) return
      remove(id)
      note({ id, silence: undefined })
    },
    clear() {
      entries.clear()
      byLabel.clear()
      others.clear()
      forget()
    },
    matching(labels) {
      if (entries.size === 0) return NONE
      const at = changes.length
      const kept = known.get(labels)
      if (kept?.at === at) return kept.silences
      const silences = kept && at - kept.at <= MOST_FOLLOWED ? follow(labels, kept) : find(labels)
      known.set(labels, { at, silences })
      return silences
    },
  }
}
