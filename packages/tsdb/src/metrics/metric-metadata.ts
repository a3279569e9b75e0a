/** What a metric is, as its publishers say. */
export type MetricKind = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped'

/** Type, help and unit of one metric; empty strings where nobody said. */
export interface MetricMetadata {
  readonly type: MetricKind
  readonly help: string
  readonly unit: string
}

/** Two publishers disagree: the first stays, the other is named here. A `type` conflict also refuses the samples. */
export interface MetadataConflict {
  readonly metric: string
  readonly field: 'type' | 'help' | 'unit' | 'buckets'
  readonly known: string
  readonly offered: string
  /** How often it was offered. */
  readonly times: number
}

export interface MetadataRegistry {
  /** Records what a publisher says of a metric. A conflict of type is returned; its samples must not be stored. */
  declare(name: string, offered: Partial<MetricMetadata>): MetadataConflict | undefined
  /** Names a disagreement that was found elsewhere. */
  conflict(metric: string, field: MetadataConflict['field'], known: string, offered: string): MetadataConflict
  get(name: string): MetricMetadata | undefined
  /** Rises whenever a metric is forgotten or its type changes: who declared one before must do so again. */
  revision(): number
  /** The metric that a series name belongs to: of a histogram or summary also `_bucket`, `_sum` and `_count`. */
  familyOf(seriesName: string): string
  entries(): Iterable<readonly [string, MetricMetadata]>
  conflicts(): readonly MetadataConflict[]
  forget(name: string): void
}

const PARTS: Readonly<Record<MetricKind, readonly string[]>> = {
  counter: [],
  gauge: [],
  untyped: [],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
}
// What publishers write must not fill the memory: beyond these, nothing more is recorded.
const MAX_CONFLICTS = 1_000
const MAX_TEXT = 1_024

export function createMetadataRegistry(maxMetrics: number): MetadataRegistry {
  const metrics = new Map<string, MetricMetadata>()
  const conflicts = new Map<string, MetadataConflict>()
  let revision = 0

  function conflict(
    metric: string,
    field: MetadataConflict['field'],
    known: string,
    offered: string,
  ): MetadataConflict {
    const key = JSON.stringify([metric, field, offered])
    const times = (conflicts.get(key)?.times ?? 0) + 1
    const found = { metric, field, known, offered, times }
    if (times > 1 || conflicts.size < MAX_CONFLICTS) conflicts.set(key, found)
    return found
  }

  /** The metric whose parts and this one's would have the same series names. */
  function overlapping(name: string, type: MetricKind): string | undefined {
    const owner = ownerOf(name)
    if (owner !== undefined) return owner
    for (const part of PARTS[type]) if (metrics.has(name + part)) return name + part
    return undefined
  }

  function ownerOf(name: string): string | undefined {
    const cut = name.lastIndexOf('_')
    if (cut <= 0) return undefined
    const base = name.slice(0, cut)
    const owner = metrics.get(base)
    return owner && PARTS[owner.type].includes(name.slice(cut)) ? base : undefined
  }

  function firstDeclaration(name: string, offered: Partial<MetricMetadata>): MetadataConflict | undefined {
    const { type = 'untyped', help = '', unit = '' } = offered
    // A part that says nothing of itself is what its metric is.
    if (type === 'untyped' && help === '' && unit === '' && ownerOf(name) !== undefined) return undefined
    const other = type === 'untyped' ? undefined : overlapping(name, type)
    if (other !== undefined) {
      const kind = metrics.get(other)?.type ?? 'untyped'
      // A summary published in parts declares x, x_sum and x_count alike; a part without a type may be anyone's.
      if (kind !== type && kind !== 'untyped') return conflict(name, 'type', `${kind} ${other}`, type)
    }
    if (metrics.size < maxMetrics)
      metrics.set(name, { type, help: help.slice(0, MAX_TEXT), unit: unit.slice(0, MAX_TEXT) })
    return undefined
  }

  return {
    conflict,
    declare(name, offered) {
      const known = metrics.get(name)
      if (!known) return firstDeclaration(name, offered)
      const { type = 'untyped', help = '', unit = '' } = offered
      if (type !== known.type && type !== 'untyped') {
        if (known.type !== 'untyped') return conflict(name, 'type', known.type, type)
        metrics.delete(name)
        revision++
        const refused = firstDeclaration(name, { ...known, type })
        if (refused) {
          metrics.set(name, known)
          return refused
        }
      }
      const kept = metrics.get(name) ?? known
      if (help !== '' && help !== kept.help && kept.help !== '') conflict(name, 'help', kept.help, help)
      if (unit !== '' && unit !== kept.unit && kept.unit !== '') conflict(name, 'unit', kept.unit, unit)
      if ((help !== '' && kept.help === '') || (unit !== '' && kept.unit === ''))
        metrics.set(name, {
          type: kept.type,
          help: (kept.help || help).slice(0, MAX_TEXT),
          unit: (kept.unit || unit).slice(0, MAX_TEXT),
        })
      return undefined
    },
    get: (name) => metrics.get(name),
    revision: () => revision,
    // What has parts owns them, also where a publisher described a part by itself.
    familyOf: (name) => ownerOf(name) ?? name,
    entries: () => metrics.entries(),
    conflicts: () => [...conflicts.values()],
    forget(name) {
      if (metrics.delete(name)) revision++
    },
  }
}
