import type os from 'node:os'
import { type HostReader, type HostSample, sample } from './host-metric.ts'

/** What Node says of the system. */
export type SystemFacts = Pick<
  typeof os,
  'hostname' | 'loadavg' | 'machine' | 'release' | 'type' | 'uptime' | 'version'
>

/** Where Linux says more than Node knows. */
interface KernelFiles {
  readOptional(path: string): Promise<string | undefined>
}

/** What every system tells Node: load, time, which system it is, and, where no file of Linux says so, when it started. */
export function createSystemReaders(
  facts: SystemFacts,
  now: () => number,
  kernel?: KernelFiles,
): readonly HostReader[] {
  return [
    { part: 'load', read: async () => loadSamples(facts.loadavg()) },
    {
      part: 'system',
      async read() {
        const domain = (await kernel?.readOptional('/proc/sys/kernel/domainname'))?.trim() ?? ''
        return [
          unameSample(facts, domain),
          sample('node_time_seconds', now() / 1000),
          ...(kernel ? [] : [bootTimeSample(now(), facts.uptime())]),
        ]
      },
    },
  ]
}

function loadSamples([load1 = 0, load5 = 0, load15 = 0]: readonly number[]): readonly HostSample[] {
  return [sample('node_load1', load1), sample('node_load5', load5), sample('node_load15', load15)]
}

function unameSample(facts: SystemFacts, domainname: string): HostSample {
  return sample('node_uname_info', 1, {
    domainname,
    machine: facts.machine(),
    nodename: facts.hostname(),
    release: facts.release(),
    sysname: facts.type(),
    version: facts.version(),
  })
}

/** Rounded, since uptime is no more exact. */
function bootTimeSample(nowMs: number, uptimeSeconds: number): HostSample {
  return sample('node_boot_time_seconds', Math.round(nowMs / 1000 - uptimeSeconds))
}
