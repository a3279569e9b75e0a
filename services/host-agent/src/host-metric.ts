import type { hostMetrics } from '@tocsin/contract'

/** What the catalogue has for the agent to publish. */
export type HostMetricName = keyof typeof hostMetrics

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
  readonly part: 'cpu' | 'memory' | 'filesystems' | 'disks' | 'network' | 'load' | 'system'
  read(): Promise<readonly HostSample[]>
}
