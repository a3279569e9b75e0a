import os from 'node:os'
import { expect, test } from 'vitest'
import { linuxFilter } from '../src/choose-filesystems.ts'
import { type HostReader, type HostSample, hostCatalogue } from '../src/host-metric.ts'
import { createLinuxReaders } from '../src/linux/linux-readers.ts'
import { DISKS_LEFT_OUT } from '../src/linux/read-disks.ts'
import { createSystemReaders } from '../src/read-system.ts'
import { recordedSources } from './recorded-sources.ts'

const filter = { ...linuxFilter, disks: DISKS_LEFT_OUT, networks: undefined }

async function read(machine: string, part: HostReader['part']): Promise<Readonly<Record<string, number>>> {
  const reader = createLinuxReaders(recordedSources(machine), filter).find((one) => one.part === part)
  const samples = (await reader?.read()) ?? []
  return Object.fromEntries(samples.map((sample) => [identify(sample), sample.value]))
}

function identify({ name, labels }: HostSample): string {
  return [name, ...Object.values(labels)].join(' ')
}

const VM = 'linux-6.18-kvm'

test('a virtual machine of Linux 6.18: processors, memory, disks, network', async () => {
  expect(await read(VM, 'cpu')).toMatchObject({ 'node_cpu_guest_seconds_total 0 user': 0 })
  const memory = await read(VM, 'memory')
  expect(memory).toMatchObject({ node_memory_MemTotal_bytes: 24683620 * 1024 })
  expect(Object.keys(memory).length).toBeGreaterThan(20)
  expect(Object.keys(await read(VM, 'disks')).filter((name) => name.startsWith('node_disk_io_now'))).toEqual([
    'node_disk_io_now vda',
  ])
  expect(await read(VM, 'network')).toMatchObject({
    'node_network_receive_bytes_total eth0': 882601047,
    'node_network_transmit_packets_total lo': 3573168,
  })
})

test('a virtual machine of Linux 6.18: of each device one filesystem, of memory those that hold files', async () => {
  const sizes = Object.keys(await read(VM, 'filesystems')).filter((name) => name.includes('_size_bytes'))
  expect(sizes).toEqual(['node_filesystem_size_bytes /dev/vda ext4 /'])
})

test('a virtual machine of Linux 6.18: sockets', async () => {
  expect(await read(VM, 'sockets')).toMatchObject({
    node_netstat_Tcp_ActiveOpens: expect.any(Number),
    node_netstat_Tcp_CurrEstab: expect.any(Number),
    node_netstat_TcpExt_ListenOverflows: 0,
    node_netstat_Udp_InDatagrams: 101,
    node_sockstat_sockets_used: expect.any(Number),
    node_sockstat_TCP_inuse: expect.any(Number),
    node_sockstat_TCP_mem_bytes: expect.any(Number),
    node_sockstat_UDP6_inuse: 0,
  })
})

test('a virtual machine of Linux 6.18: pressure, paging, descriptors', async () => {
  const pressure = await read(VM, 'pressure')
  expect(Object.keys(pressure)).toEqual([
    'node_pressure_cpu_waiting_seconds_total',
    'node_pressure_io_waiting_seconds_total',
    'node_pressure_io_stalled_seconds_total',
    'node_pressure_memory_waiting_seconds_total',
    'node_pressure_memory_stalled_seconds_total',
  ])
  expect(pressure['node_pressure_cpu_waiting_seconds_total']).toBeGreaterThan(1000)
  expect(await read(VM, 'paging')).toMatchObject({
    node_vmstat_oom_kill: expect.any(Number),
    node_vmstat_pgmajfault: expect.any(Number),
  })
  expect(await read(VM, 'descriptors')).toMatchObject({ node_filefd_maximum: 2466160 })
})

test('a virtual machine of Linux 6.18: processes, whatever their commands are called', async () => {
  expect(await read(VM, 'processes')).toEqual({
    node_processes_pids: 3,
    node_processes_threads: 15,
    'node_processes_state S': 3,
    node_processes_max_processes: expect.any(Number),
    node_processes_max_threads: expect.any(Number),
  })
})

test('a virtual machine of Linux 6.18 is no container, although its processes are in groups', async () => {
  expect(await read(VM, 'container')).toEqual({})
})

test('a container with control groups of version 1', async () => {
  expect(await read('docker-cgroup-1', 'container')).toMatchObject({
    'container_cpu_usage_seconds_total total': expect.any(Number),
    container_cpu_user_seconds_total: expect.any(Number),
    container_cpu_cfs_periods_total: 54,
    container_cpu_cfs_throttled_periods_total: 50,
    container_cpu_cfs_throttled_seconds_total: 2.490626437,
    container_spec_cpu_quota: 50000,
    container_spec_cpu_period: 100000,
    container_spec_cpu_shares: 1024,
    container_memory_usage_bytes: expect.any(Number),
    container_memory_rss: expect.any(Number),
    container_memory_failcnt: 0,
    container_oom_events_total: 0,
    container_spec_memory_limit_bytes: 268435456,
    container_threads: expect.any(Number),
    container_threads_max: 100,
  })
})

test('a container with control groups of version 2', async () => {
  expect(await read('docker-cgroup-2', 'container')).toEqual({
    'container_cpu_usage_seconds_total total': 74.216098,
    container_cpu_user_seconds_total: 61.938172,
    container_cpu_system_seconds_total: 12.277926,
    container_cpu_cfs_periods_total: 1204,
    container_cpu_cfs_throttled_periods_total: 37,
    container_cpu_cfs_throttled_seconds_total: 2.150884,
    container_spec_cpu_quota: 50000,
    container_spec_cpu_period: 100000,
    container_spec_cpu_shares: 2597,
    container_memory_usage_bytes: 187256832,
    container_memory_working_set_bytes: 187256832 - 40894464,
    container_memory_rss: 98127872,
    container_memory_cache: 71262208,
    container_memory_swap: 4096,
    container_memory_failcnt: 5,
    container_oom_events_total: 1,
    container_spec_memory_limit_bytes: 536870912,
    container_threads: 23,
    container_threads_max: 0,
    container_pressure_cpu_waiting_seconds_total: expect.any(Number),
    container_pressure_io_waiting_seconds_total: 0,
    container_pressure_io_stalled_seconds_total: 0,
    container_pressure_memory_waiting_seconds_total: 0,
    container_pressure_memory_stalled_seconds_total: 0,
  })
})

test('a container that could not be told at first is found later', async () => {
  const sources = recordedSources('docker-cgroup-2')
  let failures = 1
  const readOptional = (path: string) =>
    failures-- > 0 ? Promise.reject(new Error('EMFILE')) : sources.readOptional(path)
  const reader = createLinuxReaders({ ...sources, readOptional }, filter).find(
    ({ part }) => part === 'container',
  )
  await expect(reader?.read()).rejects.toThrow('EMFILE')
  expect(await reader?.read()).not.toHaveLength(0)
})

test('all that the catalogue says of machines is read, with its labels', async () => {
  const sources = [VM, 'docker-cgroup-1', 'docker-cgroup-2'].map(recordedSources)
  const readers = [
    ...sources.flatMap((one) => createLinuxReaders(one, filter)),
    ...createSystemReaders(os, () => 0, sources[0]),
  ]
  const samples = (await Promise.all(readers.map(({ read }) => read().catch(() => [])))).flat()
  const read = new Map(samples.map(({ name, labels }) => [name as string, Object.keys(labels).sort()]))
  const catalogue: Readonly<Record<string, { readonly labels: readonly string[] }>> = hostCatalogue
  const missing = Object.keys(catalogue).filter((name) => !read.has(name))
  // Of kernels that account for the time of interrupts; none of these does.
  expect(missing).toEqual(['node_pressure_irq_stalled_seconds_total'])
  for (const [name, labels] of read) expect(labels, name).toEqual(catalogue[name]?.labels.toSorted())
})
