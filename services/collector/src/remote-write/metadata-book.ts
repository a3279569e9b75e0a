import type { BatchMetric } from '@tocsin/contract'
import type { LaneMetadata, LaneMetric } from '../intake/lane-series.ts'

/** What remote write calls kinds of metrics, in the order of its numbers in both versions. */
const KINDS = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
] as const
export type FamilyKind = (typeof KINDS)[number]

/** What a sender says of a metric. */
export interface Family {
  readonly kind: FamilyKind
  readonly help: string
  readonly unit: string
}

/** What one source says of its metrics, and the metrics that its series are of. */
export interface MetadataBook {
  /** The metric of series that are numbers. */
  level(name: string): LaneMetric
  /** The metric of histograms that come as one sample. */
  histogram(name: string, bounds: readonly number[]): LaneMetric
  /** Takes what version 1 says of a whole family, by itself. Gives what is news and has to be said. */
  learnFamily(name: string, family: Family): readonly LaneMetadata[]
  /** Takes what version 2 says of the metric of a series, with it. */
  learnSeries(metric: LaneMetric, name: string, family: Family): readonly LaneMetadata[]
  /** How much is kept, in entries. */
  size(): number
}

interface BoundedMetric {
  readonly bounds: readonly number[]
  readonly metric: LaneMetric
}

/** Series of a metric without a type are never refused, whatever another publisher says it is. */
const LEVEL_TYPE: BatchMetric['type'] = 'untyped'
const MOST_METRICS = 10_000
/** Bounds of one metric's histograms: they differ where applications of several versions run. */
const MOST_BOUNDS = 20
const MOST_TEXT = 512
/** The names that series of a family may have beside its own. */
const SUFFIXES: Readonly<Record<string, readonly FamilyKind[]>> = {
  _total: ['counter'],
  _bucket: ['histogram', 'gaugehistogram'],
  _sum: ['histogram', 'gaugehistogram', 'summary'],
  _count: ['histogram', 'gaugehistogram', 'summary'],
  _info: ['info'],
}

/** The kind with that number; later ones are not known. */
export function kindOf(number: number): FamilyKind {
  return KINDS[number] ?? 'unknown'
}

export function createMetadataBook(): MetadataBook {
  const levels = new Map<string, LaneMetric>()
  const histograms = new Map<string, BoundedMetric[]>()
  const families = new Map<string, Family>()
  const said = new Map<string, LaneMetadata>()

  function makeRoom(): void {
    // Forgotten metrics are described again, and what is said of them comes again within minutes.
    for (const book of [levels, histograms, families, said]) if (book.size >= MOST_METRICS) book.clear()
  }

  function create(name: string, description: object): LaneMetric {
    makeRoom()
    const metric: LaneMetric = {
      json: JSON.stringify({ name, ...description }),
      edition: undefined,
      number: 0,
      metadata: undefined,
    }
    const [family, base] = findFamily(name)
    if (family) metric.metadata = say(name, base, family)
    return metric
  }

  function metricsNamed(name: string): readonly LaneMetric[] {
    const level = levels.get(name)
    const own = (histograms.get(name) ?? []).map(({ metric }) => metric)
    return level ? [level, ...own] : own
  }

  function findFamily(name: string): readonly [Family | undefined, string] {
    const own = families.get(name)
    if (own) return [own, name]
    const [base, suffix] = splitName(name)
    const family = families.get(base)
    return family && SUFFIXES[suffix]?.includes(family.kind) ? [family, base] : [undefined, name]
  }

  /** What is said of the metric that a series name belongs to; its edition is gone when that is news. */
  function say(name: string, base: string, { kind, help, unit }: Family): LaneMetadata {
    const [of, type] = describeKind(name, base, kind)
    const json = JSON.stringify({
      name: of,
      type,
      ...(help === '' ? {} : { help: help.slice(0, MOST_TEXT) }),
      ...(unit === '' ? {} : { unit: unit.slice(0, MOST_TEXT) }),
    })
    const known = said.get(of)
    if (known?.json === json) return known
    const metadata = known ?? { json, edition: undefined }
    metadata.json = json
    metadata.edition = undefined
    said.set(of, metadata)
    return metadata
  }

  return {
    level(name) {
      const known = levels.get(name)
      if (known) return known
      const metric = create(name, { type: LEVEL_TYPE })
      levels.set(name, metric)
      return metric
    },
    histogram(name, bounds) {
      const alike = histograms.get(name) ?? []
      const known = alike.find((one) => isEqual(one.bounds, bounds))
      if (known) return known.metric
      const metric = create(name, { type: 'histogram', buckets: bounds })
      if (alike.length >= MOST_BOUNDS) alike.shift()
      alike.push({ bounds, metric })
      histograms.set(name, alike)
      return metric
    },
    learnFamily(name, family) {
      const known = families.get(name)
      if (known && isSame(known, family)) return []
      makeRoom()
      families.set(name, family)
      const news = new Set<LaneMetadata>()
      for (const suffix of ['', ...Object.keys(SUFFIXES)]) {
        const one = `${name}${suffix}`
        const [found, base] = findFamily(one)
        if (found !== family) continue
        for (const metric of metricsNamed(one)) {
          metric.metadata = say(one, base, family)
          news.add(metric.metadata)
        }
      }
      return [...news]
    },
    learnSeries(metric, name, family) {
      if (family.kind === 'unknown' && family.help === '' && family.unit === '') return []
      makeRoom()
      const [base, suffix] = splitName(name)
      const metadata = say(name, SUFFIXES[suffix]?.includes(family.kind) ? base : name, family)
      metric.metadata = metadata
      return metadata.edition === undefined ? [metadata] : []
    },
    size: () => levels.size + histograms.size + families.size + said.size,
  }
}

/** The name under which the contract knows a metric, and its type there. Only what has parts is known by its family. */
function describeKind(name: string, base: string, kind: FamilyKind): readonly [string, BatchMetric['type']] {
  switch (kind) {
    case 'histogram':
    case 'gaugehistogram':
      return [base, 'histogram']
    case 'summary':
      return [base, 'summary']
    case 'counter':
      return [name, 'counter']
    case 'gauge':
    case 'info':
    case 'stateset':
      return [name, 'gauge']
    case 'unknown':
      return [name, 'untyped']
  }
}

function splitName(name: string): readonly [base: string, suffix: string] {
  const cut = name.lastIndexOf('_')
  return cut <= 0 ? [name, ''] : [name.slice(0, cut), name.slice(cut)]
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((bound, i) => bound === b[i]))
}

function isSame(a: Family, b: Family): boolean {
  return a.kind === b.kind && a.help === b.help && a.unit === b.unit
}
