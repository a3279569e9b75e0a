import os from 'node:os'
import { type HostReader, type HostSample, sample } from './host-metric.ts'

/** What every system tells Node: load, and which system it is. */
export const systemReaders: readonly HostReader[] = [
  { part: 'load', read: async () => loadSamples(os.loadavg()) },
  { part: 'system', read: async () => [unameSample()] },
]

function loadSamples([load1 = 0, load5 = 0, load15 = 0]: readonly number[]): readonly HostSample[] {
  return [sample('node_load1', load1), sample('node_load5', load5), sample('node_load15', load15)]
}

function unameSample(): HostSample {
  return sample('node_uname_info', 1, {
    machine: os.machine(),
    nodename: os.hostname(),
    release: os.release(),
    sysname: os.type(),
    version: os.version(),
  })
}

/** When the machine started, where no file says it. Seconds since 1970, rounded: uptime has no more to give. */
export function bootTimeSample(nowMs: number, uptimeSeconds: number): HostSample {
  return sample('node_boot_time_seconds', Math.round(nowMs / 1000 - uptimeSeconds))
}
