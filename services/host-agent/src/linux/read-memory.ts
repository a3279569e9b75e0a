import { hostMetrics } from '@tocsin/contract'
import { type HostMetricName, type HostSample, sample } from '../host-metric.ts'

/** Memory from the text of `/proc/meminfo`, the fields that the catalogue names. */
export function parseMeminfo(text: string): readonly HostSample[] {
  const samples: HostSample[] = []
  for (const line of text.split('\n')) {
    const [, field = '', number = '', unit] = /^(\w+):\s+(\d+)(?: (kB))?$/.exec(line.trim()) ?? []
    const name = `node_memory_${field}_bytes`
    if (isHostMetric(name)) samples.push(sample(name, Number(number) * (unit ? 1024 : 1)))
  }
  return samples
}

function isHostMetric(name: string): name is HostMetricName {
  return Object.hasOwn(hostMetrics, name)
}
