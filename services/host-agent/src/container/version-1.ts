import type { HostSample } from '../host-metric.ts'
import { TICKS_PER_SECOND } from '../linux/read-stat.ts'
import { parseFields, parseLimit, parseNumber, present, seconds, workingSet } from './cgroup-text.ts'
import type { Controller } from './locate-container.ts'
import type { ReadCgroupFile } from './read-container.ts'

type Folders = Readonly<Partial<Record<Controller, string>>>
type Read = (controller: Controller, name: string) => Promise<string | undefined>

/** What control groups of version 1 say of their container. */
export async function readVersion1(folders: Folders, file: ReadCgroupFile): Promise<readonly HostSample[]> {
  const read: Read = async (controller, name) => {
    const folder = folders[controller]
    return folder === undefined ? undefined : file(`${folder}/${controller}.${name}`)
  }
  const [cpuSamples, memorySamples, current, max] = await Promise.all([
    cpu(read),
    memory(read),
    read('pids', 'current'),
    read('pids', 'max'),
  ])
  return [
    ...cpuSamples,
    ...memorySamples,
    ...present({ container_threads: parseNumber(current), container_threads_max: parseLimit(max) }),
  ]
}

async function cpu(read: Read): Promise<readonly HostSample[]> {
  const [usage, times, stat, quota, period, shares] = await Promise.all([
    read('cpuacct', 'usage'),
    read('cpuacct', 'stat'),
    read('cpu', 'stat'),
    read('cpu', 'cfs_quota_us'),
    read('cpu', 'cfs_period_us'),
    read('cpu', 'shares'),
  ])
  const ticks = parseFields(times)
  const fields = parseFields(stat)
  const limited = (parseNumber(quota) ?? -1) > 0
  return [
    ...present({ container_cpu_usage_seconds_total: seconds(parseNumber(usage), 1e9) }, { cpu: 'total' }),
    ...present({
      container_cpu_user_seconds_total: seconds(ticks.get('user'), TICKS_PER_SECOND),
      container_cpu_system_seconds_total: seconds(ticks.get('system'), TICKS_PER_SECOND),
      container_cpu_cfs_periods_total: fields.get('nr_periods'),
      container_cpu_cfs_throttled_periods_total: fields.get('nr_throttled'),
      container_cpu_cfs_throttled_seconds_total: seconds(fields.get('throttled_time'), 1e9),
      container_spec_cpu_quota: limited ? parseNumber(quota) : undefined,
      container_spec_cpu_period: parseNumber(period),
      container_spec_cpu_shares: parseNumber(shares),
    }),
  ]
}

async function memory(read: Read): Promise<readonly HostSample[]> {
  const [used, limit, text, failed, control] = await Promise.all([
    read('memory', 'usage_in_bytes'),
    read('memory', 'limit_in_bytes'),
    read('memory', 'stat'),
    read('memory', 'failcnt'),
    read('memory', 'oom_control'),
  ])
  const stat = parseFields(text)
  const usage = parseNumber(used)
  return present({
    container_memory_usage_bytes: usage,
    container_memory_working_set_bytes: workingSet(usage, stat.get('total_inactive_file')),
    container_memory_rss: stat.get('total_rss'),
    container_memory_cache: stat.get('total_cache'),
    container_memory_swap: stat.get('total_swap'),
    container_memory_failcnt: parseNumber(failed),
    container_oom_events_total: parseFields(control).get('oom_kill'),
    container_spec_memory_limit_bytes: lower(parseLimit(limit), stat.get('hierarchical_memory_limit')),
  })
}

/** A group above may allow less: its limit is the one that is reached. */
function lower(own: number | undefined, above: number | undefined): number | undefined {
  if (own === undefined || above === undefined || above >= 2 ** 62) return own
  return own === 0 ? above : Math.min(own, above)
}
