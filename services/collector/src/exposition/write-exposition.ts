import type { ExpositionFormat } from './choose-format.ts'
import type { Family, FamilyMetadata } from './family.ts'
import { LineWriter } from './line-writer.ts'
import { escapeHelp } from './write-labels.ts'

/**
 * Writes families, which must come sorted and unique by name, as one exposition. It comes in blocks, empty
 * ones among them, so that the caller can let other work run in between.
 */
export function* writeExposition(
  families: Iterable<Family>,
  kind: ExpositionFormat['kind'],
): Generator<Uint8Array> {
  const lines = new LineWriter(kind === 'openmetrics')
  const taken = new Set<string>()
  for (const family of families) {
    lines.begin(writeHeader(family, kind, taken))
    for (const _ of family.write(lines)) {
      yield NOTHING
      yield* lines.take()
    }
    yield* lines.take()
  }
  lines.begin('')
  if (kind === 'openmetrics') lines.text('# EOF\n')
  yield* lines.finish()
}

const NOTHING = new Uint8Array(0)

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
