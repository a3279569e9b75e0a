import { type HostSample, isHostMetric, sample } from '../host-metric.ts'

/** Paging and killed processes from the text of `/proc/vmstat`, the fields that the catalogue names. */
export function parseVmstat(text: string): readonly HostSample[] {
  return text.split('\n').flatMap((line) => {
    const [field, value] = line.split(' ')
    const name = `node_vmstat_${field}`
    return isHostMetric(name) ? [sample(name, Number(value))] : []
  })
}
