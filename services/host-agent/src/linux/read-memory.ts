import { type HostSample, isHostMetric, sample } from '../host-metric.ts'

/** Memory from the text of `/proc/meminfo`, the fields that the catalogue names. */
export function parseMeminfo(text: string): readonly HostSample[] {
  return text.split('\n').flatMap((line) => {
    const [, field = '', number = '', unit] = /^(\w+):\s+(\d+)(?: (kB))?$/.exec(line.trim()) ?? []
    const name = `node_memory_${field}_bytes`
    return isHostMetric(name) ? [sample(name, Number(number) * (unit ? 1024 : 1))] : []
  })
}
