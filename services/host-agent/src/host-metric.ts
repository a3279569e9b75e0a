import { containerMetrics, hostMetrics, kernelMetrics } from '@tocsin/contract'

/** What the catalogue has for the agent to publish, by name. */
export const hostCatalogue = { ...hostMetrics, ...kernelMetrics, ...containerMetrics }

export type HostMetricName = keyof typeof hostCatalogue

/** Whether the catalogue has a metric of this name: what a kernel says beyond it is left out. */
export function isHostMetric(name: string): name is HostMetricName {
  return Object.hasOwn(hostCatalogue, name)
}

/** One reading: a counter's total since boot, or a gauge's level. */
export interface HostSample {
  readonly name: HostMetricName
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A sample, its labels left out where there are none. */
export function sample(
  name: HostMetricName,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): HostSample {
  return { name, labels, value }
}

/** Reads one part of the machine. */
export interface HostReader {
  readonly part:
    | 'cpu'
    | 'memory'
    | 'filesystems'
    | 'disks'
    | 'network'
    | 'load'
    | 'system'
    | 'pressure'
    | 'descriptors'
    | 'paging'
    | 'sockets'
    | 'processes'
    | 'container'
  read(): Promise<readonly HostSample[]>
}
