import type os from 'node:os'
import { type HostReader, type HostSample, sample } from './host-metric.ts'

/** What Node says of the system. */
export type SystemFacts = Pick<
  typeof os,
  'hostname' | 'loadavg' | 'machine' | 'release' | 'type' | 'uptime' | 'version'
>

/** What every system tells Node: load, which system it is, and, given a clock, when it started. */
export function createSystemReaders(facts: SystemFacts, now?: () => number): readonly HostReader[] {
  return [
    { part: 'load', read: async () => loadSamples(facts.loadavg()) },
    {
      part: 'system',
      read: async () => [unameSample(facts), ...(now ? [bootTimeSample(now(), facts.uptime())] : [])],
    },
  ]
}

function loadSamples([load1 = 0, load5 = 0, load15 = 0]: readonly number[]): readonly HostSample[] {
  return [sample('node_load1', load1), sample('node_load5', load5), sample('node_load15', load15)]
}

function unameSample(facts: SystemFacts): HostSample {
  return sample('node_uname_info', 1, {
    machine: facts.machine(),
    nodename: facts.hostname(),
    release: facts.release(),
    sysname: facts.type(),
    version: facts.version(),
  })
}

/** Where no file says when the machine started; rounded, since uptime is no more exact. */
function bootTimeSample(nowMs: number, uptimeSeconds: number): HostSample {
  return sample('node_boot_time_seconds', Math.round(nowMs / 1000 - uptimeSeconds))
}
