import type { HostSample } from '../host-metric.ts'
import { PRESSURES, parsePressure } from '../linux/read-pressure.ts'
import { parseFields, parseLimit, parseNumber, present, seconds, workingSet } from './cgroup-text.ts'
import type { ReadCgroupFile } from './read-container.ts'

/** The files of a control group of version 2, by name. */
const FILES = [
  'cpu.max',
  'cpu.stat',
  'cpu.weight',
  'memory.current',
  'memory.events',
  'memory.max',
  'memory.stat',
  'memory.swap.current',
  'pids.current',
  'pids.max',
] as const

/** What a control group of version 2 says of its container. */
export async function readVersion2(folder: string, read: ReadCgroupFile): Promise<readonly HostSample[]> {
  const entries = FILES.map(async (name) => [name, await read(`${folder}/${name}`)] as const)
  const files = Object.fromEntries(await Promise.all(entries)) as Record<
    (typeof FILES)[number],
    string | undefined
  >
  const pressures = PRESSURES.map(async (of) =>
    parsePressure('container', of, (await read(`${folder}/${of}.pressure`)) ?? ''),
  )
  return [
    ...cpu(files['cpu.stat'], files['cpu.max'], files['cpu.weight']),
    ...memory(files),
    ...present({
      container_threads: parseNumber(files['pids.current']),
      container_threads_max: parseLimit(files['pids.max']),
    }),
    ...(await Promise.all(pressures)).flat(),
  ]
}

function cpu(
  stat: string | undefined,
  max: string | undefined,
  weight: string | undefined,
): readonly HostSample[] {
  const fields = parseFields(stat)
  const micros = (name: string) => seconds(fields.get(name), 1e6)
  const [quota, period] = (max ?? '').trim().split(' ')
  return [
    ...present({ container_cpu_usage_seconds_total: micros('usage_usec') }, { cpu: 'total' }),
    ...present({
      container_cpu_user_seconds_total: micros('user_usec'),
      container_cpu_system_seconds_total: micros('system_usec'),
      container_cpu_cfs_periods_total: fields.get('nr_periods'),
      container_cpu_cfs_throttled_periods_total: fields.get('nr_throttled'),
      container_cpu_cfs_throttled_seconds_total: micros('throttled_usec'),
      container_spec_cpu_quota: parseNumber(quota),
      container_spec_cpu_period: parseNumber(period),
      container_spec_cpu_shares: sharesOf(parseNumber(weight)),
    }),
  ]
}

/** Weights from 1 to 10,000 as the shares from 2 to 262,144 that container managers make them of. */
function sharesOf(weight: number | undefined): number | undefined {
  return weight === undefined ? undefined : Math.floor(2 + ((weight - 1) * 262_142) / 9999)
}

function memory(files: Readonly<Record<string, string | undefined>>): readonly HostSample[] {
  const stat = parseFields(files['memory.stat'])
  const events = parseFields(files['memory.events'])
  const usage = parseNumber(files['memory.current'])
  return present({
    container_memory_usage_bytes: usage,
    container_memory_working_set_bytes: workingSet(usage, stat.get('inactive_file')),
    container_memory_rss: stat.get('anon'),
    container_memory_cache: stat.get('file'),
    container_memory_swap: parseNumber(files['memory.swap.current']),
    container_memory_failcnt: events.get('max'),
    container_oom_events_total: events.get('oom_kill'),
    container_spec_memory_limit_bytes: parseLimit(files['memory.max']),
  })
}
