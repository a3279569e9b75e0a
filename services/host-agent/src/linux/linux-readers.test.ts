import { expect, test } from 'vitest'
import { linuxFilter } from '../choose-filesystems.ts'
import type { HostSample } from '../host-metric.ts'
import { createLinuxReaders } from './linux-readers.ts'
import { DISKS_LEFT_OUT } from './read-disks.ts'

const FILES: Readonly<Record<string, string>> = {
  '/proc/stat': [
    'cpu  300 10 200 5000 50 0 5 1 0 0',
    'cpu0 100 10 200 2500 50 0 5 1 70 0',
    'cpu1 200 0 0 2500 0',
    'intr 12 0 9',
    'ctxt 4242',
    'btime 1700000000',
    'processes 99',
    'procs_running 2',
    'procs_blocked 1',
    '',
  ].join('\n'),
  '/proc/meminfo': [
    'MemTotal:       24683656 kB',
    'MemAvailable:   24269736 kB',
    'Active(anon):       1592 kB',
    'HugePages_Total:       0',
    'SwapTotal:             0 kB',
    '',
  ].join('\n'),
  '/proc/diskstats': [
    '   7       0 loop0 1 0 8 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
    ' 259       0 nvme0n1 120 31 5837 38176 10 63 3255 31692 0 14592 71462 3885 73 84456 1037 569 555',
    ' 259       1 nvme0n1p1 100 31 5000 38000 10 63 3255 31692 0 14592 71462 0 0 0 0 0 0',
    ' 253       0 vda 1 0 2 3 4 0 5 6 0 7 8',
    '',
  ].join('\n'),
  '/proc/net/dev': [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo:  628805    1543    0    0    0     0          0         0   628805    1543    0    0    0     0       0          0',
    '  eth0:408138715   13756    1    2    0     0          0         0  1414318    9951    3    4    0     0       0          0',
    'veth12:  1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0',
    '',
  ].join('\n'),
  '/proc/1/stat': '1 (a (b) c) S 0 1 1 0 -1 0 0 0 0 0 1 2 3 4 20 0 7 0 5 0 0',
  '/proc/2/stat': '2 (z) Z 0 1 1 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 5 0 0',
  '/proc/3/stat': 'what no kernel writes',
  '/proc/net/sockstat': 'sockets: used 290\nTCP: inuse 27 orphan 0 tw 1 alloc 31 mem 3\n',
  '/proc/pressure/cpu': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\n',
  '/proc/self/mounts': [
    'proc /proc proc rw 0 0',
    'tmpfs /dev/shm tmpfs rw 0 0',
    '/dev/vda / ext4 rw,discard 0 0',
    '/dev/vda /etc/hosts ext4 rw 0 0',
    '/dev/vdb /mnt/my\\040data xfs ro,noatime 0 0',
    '/dev/vdc /gone ext4 rw 0 0',
    '/dev/loop3 /snap/core/1 squashfs ro 0 0',
    'fileserver:/home /home nfs4 rw 0 0',
    'overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0',
    '',
  ].join('\n'),
}

const missing = async () => undefined
const readers = createLinuxReaders(
  {
    readText: async (path) => FILES[path] ?? '',
    readOptional: async (path) => FILES[path],
    readBytes: missing,
    async statfs(path) {
      if (path === '/gone') throw new Error('ENOENT')
      return { bsize: 4096, blocks: 1000, bfree: 500, bavail: 400, files: 10, ffree: 5 }
    },
    listProc: () => ['1', '2', '3', '4', 'self', 'meminfo'],
    readNow: (path) => FILES[path],
    pause: async () => {},
    wait: () => new Promise(() => {}),
    now: () => 0,
  },
  { ...linuxFilter, disks: DISKS_LEFT_OUT, networks: /^veth/ },
)

async function read(part: string): Promise<Readonly<Record<string, number>>> {
  const samples = (await readers.find((reader) => reader.part === part)?.read()) ?? []
  return Object.fromEntries(samples.map((sample) => [identify(sample), sample.value]))
}

function identify({ name, labels }: HostSample): string {
  return [name, ...Object.values(labels)].join(' ')
}

test('CPU time is in seconds per CPU and mode, and old kernels may have fewer modes', async () => {
  const cpu = await read('cpu')
  expect(cpu).toMatchObject({
    'node_cpu_seconds_total 0 user': 1,
    'node_cpu_seconds_total 0 steal': 0.01,
    'node_cpu_seconds_total 1 iowait': 0,
    node_context_switches_total: 4242,
    node_boot_time_seconds: 1700000000,
    'node_cpu_guest_seconds_total 0 user': 0.7,
    node_intr_total: 12,
    node_forks_total: 99,
    node_procs_running: 2,
    node_procs_blocked: 1,
  })
  expect(cpu).not.toHaveProperty(['node_cpu_seconds_total 1 irq'])
})

test('memory is in bytes, and fields beside the catalogue are left out', async () => {
  expect(await read('memory')).toEqual({
    node_memory_MemTotal_bytes: 24683656 * 1024,
    node_memory_MemAvailable_bytes: 24269736 * 1024,
    node_memory_SwapTotal_bytes: 0,
  })
})

test('whole disks are counted; partitions, loop and RAM disks are not', async () => {
  const disks = await read('disks')
  expect(disks).toMatchObject({
    'node_disk_reads_completed_total nvme0n1': 120,
    'node_disk_read_bytes_total nvme0n1': 5837 * 512,
    'node_disk_written_bytes_total nvme0n1': 3255 * 512,
    'node_disk_io_time_seconds_total vda': 0.007,
    'node_disk_io_time_weighted_seconds_total vda': 0.008,
  })
  expect(Object.keys(disks).filter((name) => /loop|p1/.test(name))).toEqual([])
})

test('network counters are read even where the kernel leaves no blank, without what is excluded by name', async () => {
  const network = await read('network')
  expect(network).toMatchObject({
    'node_network_receive_bytes_total eth0': 408138715,
    'node_network_receive_errs_total eth0': 1,
    'node_network_receive_drop_total eth0': 2,
    'node_network_transmit_bytes_total eth0': 1414318,
    'node_network_transmit_drop_total eth0': 4,
  })
  expect(Object.keys(network).filter((name) => name.includes('veth'))).toEqual([])
})

test('each filesystem with space of its own is counted once, and one that cannot be asked hides no other', async () => {
  const filesystems = await read('filesystems')
  const of = (metric: string) =>
    Object.keys(filesystems)
      .filter((name) => name.startsWith(`node_filesystem_${metric} `))
      .map((name) => name.split(' ').slice(3).join(' '))
  expect(of('size_bytes')).toEqual(['/', '/mnt/my data', '/home'])
  expect(of('device_error')).toEqual(['/', '/mnt/my data', '/gone', '/home'])
  expect(filesystems).toMatchObject({
    'node_filesystem_size_bytes /dev/vda ext4 /': 4096000,
    'node_filesystem_avail_bytes /dev/vda ext4 /': 1638400,
    'node_filesystem_readonly /dev/vdb xfs /mnt/my data': 1,
    'node_filesystem_device_error /dev/vda ext4 /': 0,
    'node_filesystem_device_error /dev/vdc ext4 /gone': 1,
  })
})

test('processes are counted by state, without those that ended while they were counted', async () => {
  expect(await read('processes')).toEqual({
    node_processes_pids: 2,
    node_processes_threads: 8,
    'node_processes_state S': 1,
    'node_processes_state Z': 1,
  })
})

test('what a kernel does not tell is left out, and what is in pages where their size is not known', async () => {
  expect(await read('pressure')).toEqual({ node_pressure_cpu_waiting_seconds_total: 2.5 })
  expect(await read('paging')).toEqual({})
  expect(await read('container')).toEqual({})
  expect(await read('sockets')).toEqual({
    node_sockstat_sockets_used: 290,
    node_sockstat_TCP_inuse: 27,
    node_sockstat_TCP_orphan: 0,
    node_sockstat_TCP_tw: 1,
    node_sockstat_TCP_alloc: 31,
  })
})
