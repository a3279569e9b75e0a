import { type HostMetricName, type HostSample, sample } from '../host-metric.ts'

/** The fields of a file with a name and a number on each line, such as `memory.stat`. */
export function parseFields(text: string | undefined): ReadonlyMap<string, number> {
  return new Map(
    (text ?? '').split('\n').flatMap((line) => {
      const [name = '', value] = line.trim().split(/\s+/)
      return value === undefined ? [] : [[name, Number(value)] as const]
    }),
  )
}

/** The number in a file; undefined where there is none, `max` among it. */
export function parseNumber(text: string | undefined): number | undefined {
  const value = Number(text?.trim() || Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

/** A limit as cAdvisor gives it: 0 where there is none. Version 1 writes the largest number of pages for that. */
export function parseLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = parseNumber(text)
  return value === undefined || value >= 2 ** 62 ? 0 : value
}

/** Samples of what is there. */
export function present(
  values: Readonly<Partial<Record<HostMetricName, number | undefined>>>,
  labels: Readonly<Record<string, string>> = {},
): readonly HostSample[] {
  return (Object.entries(values) as [HostMetricName, number | undefined][]).flatMap(([name, value]) =>
    value === undefined ? [] : [sample(name, value, labels)],
  )
}

/** A total in seconds. */
export function seconds(total: number | undefined, unitsPerSecond: number): number | undefined {
  return total === undefined ? undefined : total / unitsPerSecond
}

/** Memory in use that was used recently; what was not can be had back. */
export function workingSet(usage: number | undefined, inactive: number | undefined): number | undefined {
  return usage === undefined ? undefined : Math.max(0, usage - (inactive ?? 0))
}
