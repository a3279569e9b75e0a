import type { ExpositionFormat } from './choose-format.ts'
import type { Family, FamilyMetadata, FamilySample } from './family.ts'
import { escapeHelp } from './write-series.ts'
import { writeValue } from './write-value.ts'

/**
 * Writes families, which must come sorted and unique by name, as one exposition. It comes in pieces, empty
 * ones among them, so that the caller can let other work run in between.
 */
export function* writeExposition(
  families: Iterable<Family>,
  kind: ExpositionFormat['kind'],
): Generator<string> {
  const taken = new Set<string>()
  for (const family of families) {
    let started = false
    for (const lines of family.type === 'histogram' ? histogramLines(family) : plainLines(family)) {
      if (lines !== '' && !started) {
        yield writeHeader(family, kind, taken)
        started = true
      }
      yield lines
    }
  }
  if (kind === 'openmetrics') yield '# EOF\n'
}

function* plainLines({ batches }: Family): Generator<string> {
  for (const batch of batches) {
    let lines = ''
    for (const sample of batch) lines += writeLine(sample)
    yield lines
  }
}

function writeLine({ series, value }: FamilySample): string {
  return `${series.text} ${writeValue(value)}\n`
}

interface HistogramGroup {
  readonly buckets: FamilySample[]
  readonly rest: FamilySample[]
}

/** One histogram after the other, the buckets of each ascending, as OpenMetrics wants them. */
function* histogramLines({ batches }: Family): Generator<string> {
  const groups = new Map<string, HistogramGroup>()
  for (const batch of batches) {
    for (const sample of batch) {
      const { group, bound } = sample.series
      let histogram = groups.get(group)
      if (!histogram) {
        histogram = { buckets: [], rest: [] }
        groups.set(group, histogram)
      }
      if (Number.isNaN(bound)) histogram.rest.push(sample)
      else histogram.buckets.push(sample)
    }
    yield ''
  }
  for (const { buckets, rest } of groups.values()) {
    buckets.sort((a, b) => a.series.bound - b.series.bound)
    yield [...buckets, ...rest].map(writeLine).join('')
  }
}

/** `taken`: the family names written so far, since a counter's loses its `_total` in OpenMetrics. */
function writeHeader(family: Family, kind: ExpositionFormat['kind'], taken: Set<string>): string {
  if (kind === 'text') {
    const help = family.help === '' ? '' : `# HELP ${family.name} ${escapeHelp(family.help, kind)}\n`
    return `${help}# TYPE ${family.name} ${family.type === 'unknown' ? 'untyped' : family.type}\n`
  }
  const { name, type } = openMetricsFamily(family, taken)
  taken.add(name)
  const help = family.help === '' ? '' : `# HELP ${name} ${escapeHelp(family.help, kind)}\n`
  const unit = hasUnit(name, family) ? `# UNIT ${name} ${family.unit}\n` : ''
  return `# TYPE ${name} ${type}\n${unit}${help}`
}

/** OpenMetrics knows a counter only by the suffix `_total`, which its family goes without. */
function openMetricsFamily(family: Family, taken: ReadonlySet<string>) {
  if (family.type !== 'counter') return family
  const name = family.name.endsWith('_total') ? family.name.slice(0, -'_total'.length) : ''
  return name === '' || taken.has(name)
    ? { name: family.name, type: 'unknown' as const }
    : { name, type: family.type }
}

/** OpenMetrics refuses a unit that does not end the family's name. */
function hasUnit(name: string, { unit }: FamilyMetadata): boolean {
  return unit !== '' && name.endsWith(`_${unit}`)
}
