import { type HostSample, isHostMetric, sample } from '../host-metric.ts'

export const PRESSURES = ['cpu', 'io', 'irq', 'memory'] as const

/** `some`: a task waited; `full`: none could go on. */
const KINDS: Readonly<Record<string, string>> = { some: 'waiting', full: 'stalled' }

/**
 * Pressure stall information of one resource, from the text of `/proc/pressure/<resource>` or of a cgroup's file; `of`
 * is whose it is. Its totals are in microseconds.
 */
export function parsePressure(
  of: 'node' | 'container',
  resource: string,
  text: string,
): readonly HostSample[] {
  return text.split('\n').flatMap((line) => {
    const [, kind = '', total] = /^(some|full) .*\btotal=(\d+)$/.exec(line) ?? []
    const name = `${of}_pressure_${resource}_${KINDS[kind]}_seconds_total`
    return isHostMetric(name) ? [sample(name, Number(total) / 1e6)] : []
  })
}
