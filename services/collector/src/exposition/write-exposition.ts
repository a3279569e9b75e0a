import type { ExpositionFormat } from './choose-format.ts'
import type { Family, FamilyMetadata, FamilySample } from './family.ts'
import { escapeHelp, writeSeries } from './write-series.ts'
import { writeValue } from './write-value.ts'

/** How many characters are put together before they are handed on. */
const CHUNK = 32 * 1024
/** How many series are looked at, at most, before the caller gets a chance to pause. */
const PAUSE_EVERY = 500

/**
 * Writes families, which must come sorted and unique by name, as one exposition. It comes in pieces, empty
 * ones among them, so that the caller can let other work run in between.
 */
export function* writeExposition(
  families: Iterable<Family>,
  kind: ExpositionFormat['kind'],
): Generator<string> {
  let text = ''
  let seen = 0
  const taken = new Set<string>()
  for (const family of families) {
    let started = false
    for (const line of family.type === 'histogram' ? ordered(family.samples) : lines(family.samples)) {
      if (line !== '' && !started) {
        text += writeHeader(family, kind, taken)
        started = true
      }
      text += line
      if (text.length >= CHUNK || ++seen % PAUSE_EVERY === 0) {
        yield text
        text = ''
      }
    }
  }
  yield kind === 'openmetrics' ? `${text}# EOF\n` : text
}

function* lines(samples: Iterable<FamilySample>): Generator<string> {
  for (const sample of samples)
    yield `${writeSeries(sample.name, sample.labels).text} ${writeValue(sample.value)}\n`
}

interface HistogramLines {
  readonly buckets: { bound: number; line: string }[]
  rest: string
}

/** One histogram after the other, the buckets of each ascending, as OpenMetrics wants them. */
function* ordered(samples: Iterable<FamilySample>): Generator<string> {
  const groups = new Map<string, HistogramLines>()
  for (const sample of samples) {
    const series = writeSeries(sample.name, sample.labels)
    const line = `${series.text} ${writeValue(sample.value)}\n`
    let group = groups.get(series.group)
    if (!group) {
      group = { buckets: [], rest: '' }
      groups.set(series.group, group)
    }
    if (Number.isNaN(series.bound)) group.rest += line
    else group.buckets.push({ bound: series.bound, line })
    yield ''
  }
  for (const { buckets, rest } of groups.values()) {
    buckets.sort((a, b) => a.bound - b.bound)
    for (const bucket of buckets) yield bucket.line
    yield rest
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
