import { execFileSync } from 'node:child_process'
import os from 'node:os'
import { systemClock } from '@tocsin/runtime'
import { expect, test } from 'vitest'
import { chooseReaders } from '../src/choose-readers.ts'
import { hostAgentEnv } from '../src/env.ts'
import type { HostSample } from '../src/host-metric.ts'

const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })

async function readAll(): Promise<readonly HostSample[]> {
  const readers = chooseReaders(hostAgentEnv.parse({}), systemClock)
  return (await Promise.all(readers.map(({ read }) => read()))).flat()
}

const valueIn = (samples: readonly HostSample[], name: string, labels: Record<string, string> = {}) =>
  samples.find(
    (one) =>
      one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  )?.value ?? Number.NaN

test.runIf(process.platform === 'linux')(
  'the agent says of this machine what its own tools say',
  async () => {
    const samples = await readAll()
    expect(samples.filter(({ value }) => !Number.isFinite(value))).toEqual([])

    const [, total = '', , free = ''] = /^Mem:\s+(\d+)\s+(\d+)\s+(\d+)/m.exec(run('free', '-b')) ?? []
    expect(valueIn(samples, 'node_memory_MemTotal_bytes')).toBe(Number(total))
    const mebibyte = 1024 ** 2
    expect(Math.abs(valueIn(samples, 'node_memory_MemFree_bytes') - Number(free))).toBeLessThan(
      512 * mebibyte,
    )

    const [size, , available] = (run('df', '-B1', '--output=size,used,avail', '/').split('\n')[1] ?? '')
      .trim()
      .split(/\s+/)
    expect(valueIn(samples, 'node_filesystem_size_bytes', { mountpoint: '/' })).toBe(Number(size))
    const left = valueIn(samples, 'node_filesystem_avail_bytes', { mountpoint: '/' })
    expect(Math.abs(left - Number(available))).toBeLessThan(512 * mebibyte)

    const cpus = new Set(
      samples.filter((one) => one.name === 'node_cpu_seconds_total').map((one) => one.labels['cpu']),
    )
    expect(cpus.size).toBe(Number(run('nproc', '--all')))

    expect(valueIn(samples, 'node_uname_info')).toBe(1)
    const uname = samples.find(({ name }) => name === 'node_uname_info')?.labels
    expect(uname?.['release']).toBe(run('uname', '-r').trim())
    expect(valueIn(samples, 'node_boot_time_seconds')).toBeLessThan(Date.now() / 1000 - os.uptime() + 60)
    expect(valueIn(samples, 'node_processes_pids')).toBeGreaterThan(1)
    expect(valueIn(samples, 'node_processes_threads')).toBeGreaterThan(
      valueIn(samples, 'node_processes_pids') - 1,
    )
    expect(Math.abs(valueIn(samples, 'node_time_seconds') - Date.now() / 1000)).toBeLessThan(60)
  },
)
