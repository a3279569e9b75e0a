import os from 'node:os'
import { systemClock } from '@tocsin/runtime'
import si from 'systeminformation'
import { expect, test } from 'vitest'
import { linuxFilter } from '../choose-filesystems.ts'
import type { HostSample } from '../host-metric.ts'
import { createLinuxReaders } from '../linux/linux-readers.ts'
import { linuxSources } from '../linux/linux-sources.ts'
import { DISKS_LEFT_OUT } from '../linux/read-disks.ts'
import { createPortableReaders } from './portable-readers.ts'

const filter = { ...linuxFilter, disks: DISKS_LEFT_OUT, networks: undefined }

async function readAll(readers: ReturnType<typeof createPortableReaders>): Promise<readonly HostSample[]> {
  return (await Promise.all(readers.map((reader) => reader.read()))).flat()
}

const find = (samples: readonly HostSample[], name: string, label?: readonly [string, string]) =>
  samples.find((s) => s.name === name && (!label || s.labels[label[0]] === label[1]))?.value

test('every part of this machine gives numbers', async () => {
  const samples = await readAll(createPortableReaders(si, os, filter))
  for (const name of [
    'node_cpu_seconds_total',
    'node_memory_MemTotal_bytes',
    'node_filesystem_size_bytes',
    'node_network_receive_bytes_total',
  ])
    expect(find(samples, name), name).toBeGreaterThan(0)
  expect(samples.filter(({ value }) => !Number.isFinite(value))).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'both ways to read this machine agree on what does not change',
  async () => {
    const portable = await readAll(createPortableReaders(si, os, filter))
    const linux = await readAll(createLinuxReaders(linuxSources(systemClock), filter))
    expect(find(portable, 'node_memory_MemTotal_bytes')).toBe(find(linux, 'node_memory_MemTotal_bytes'))
    const root = ['mountpoint', '/'] as const
    expect(find(portable, 'node_filesystem_size_bytes', root)).toBe(
      find(linux, 'node_filesystem_size_bytes', root),
    )
    const cpus = (samples: readonly HostSample[]) =>
      new Set(samples.filter((s) => s.name === 'node_cpu_seconds_total').map((s) => s.labels['cpu']))
    expect(cpus(portable)).toEqual(cpus(linux))
  },
)
