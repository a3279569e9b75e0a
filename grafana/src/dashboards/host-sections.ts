import { bars } from '../panels/bars.ts'
import { chart } from '../panels/chart.ts'
import { stepsFrom } from '../panels/look.ts'
import { line, type Section } from '../section.ts'
import { cpuUsed, diskUsed, hosts, memoryUsed } from './host-queries.ts'

const fullSteps = stepsFrom('green', [0.8, 'orange'], [0.95, 'red'])
const rateBy = (selector: string, by: string) => `sum by (${by}) (rate(${selector}[$__rate_interval]))`
const level = (metric: string) => `max by (instance) (${metric}{${hosts}})`

/** Processors: how busy, who waits, what interrupts. */
export const cpuSection: Section = {
  title: 'CPU: utilisation and saturation',
  lines: [
    line(
      8,
      chart({
        title: 'CPU used',
        description: 'The share of all cores that is busy.',
        unit: 'percentunit',
        max: 1,
        queries: [{ expr: cpuUsed, legend: '{{instance}}' }],
        thresholds: fullSteps,
        runbooks: ['system/HighCpuUsage', 'capacity/ProcessorsShort'],
      }),
      chart({
        title: 'CPU by mode',
        description: 'Cores by what they do: iowait and steal are time that nobody had.',
        unit: 'short',
        stack: true,
        queries: [
          { expr: rateBy(`node_cpu_seconds_total{${hosts}, mode!="idle"}`, 'mode'), legend: '{{mode}}' },
        ],
      }),
      chart({
        title: 'Load',
        description: 'Processes that run or wait. Above the number of cores, some wait.',
        unit: 'short',
        queries: [
          { expr: level('node_load1'), legend: '{{instance}} 1 min', refId: 'A' },
          { expr: level('node_load5'), legend: '{{instance}} 5 min', refId: 'B' },
          {
            expr: `count by (instance) (node_cpu_seconds_total{${hosts}, mode="idle"})`,
            legend: '{{instance}} cores',
            refId: 'C',
          },
        ],
        marks: { C: 'red' },
        runbooks: ['system/HighLoad'],
      }),
    ),
  ],
}

/** Memory: what is used and by what, and whether the machine swaps. */
export const memorySection: Section = {
  title: 'Memory: utilisation and saturation',
  lines: [
    line(
      8,
      chart({
        title: 'Memory used',
        description: 'The share of memory that programs can no longer have.',
        unit: 'percentunit',
        max: 1,
        queries: [{ expr: memoryUsed, legend: '{{instance}}' }],
        thresholds: fullSteps,
        runbooks: ['system/HighMemoryUsage', 'system/MemoryExhausted'],
      }),
      chart({
        title: 'What memory is used for',
        description: 'Programs, page cache and the kernel. Cache is given back when programs ask.',
        unit: 'bytes',
        stack: true,
        queries: [
          { expr: `sum(node_memory_AnonPages_bytes{${hosts}})`, legend: 'programs' },
          { expr: `sum(node_memory_Cached_bytes{${hosts}})`, legend: 'page cache' },
          { expr: `sum(node_memory_Slab_bytes{${hosts}})`, legend: 'kernel' },
          { expr: `sum(node_memory_MemFree_bytes{${hosts}})`, legend: 'free' },
        ],
      }),
      chart({
        title: 'Major page faults',
        description:
          'Pages a second that had to be read from disk: many, and steadily, is memory that is short.',
        unit: 'ops',
        queries: [{ expr: rateBy(`node_vmstat_pgmajfault{${hosts}}`, 'instance'), legend: '{{instance}}' }],
        runbooks: ['system/MemoryStall', 'system/OutOfMemoryKill'],
      }),
    ),
  ],
}

/** Disks: space, and how busy they are. */
export const diskSection: Section = {
  title: 'Disk: utilisation and saturation',
  lines: [
    line(
      8,
      bars({
        title: 'Space used',
        description: 'The fullest filesystems of all hosts.',
        unit: 'percentunit',
        max: 1,
        query: { expr: `topk(10, ${diskUsed})`, legend: '{{instance}} {{mountpoint}}' },
        thresholds: fullSteps,
        runbooks: ['system/DiskAlmostFull', 'capacity/DiskFillsWithinADay'],
      }),
      chart({
        title: 'Space used over time',
        description: 'A straight line upwards has an end: Capacity Planning says when.',
        unit: 'percentunit',
        max: 1,
        queries: [{ expr: `topk(10, ${diskUsed})`, legend: '{{instance}} {{mountpoint}}' }],
        thresholds: fullSteps,
        runbooks: ['system/DiskWillFillSoon'],
      }),
      chart({
        title: 'Disk time',
        description: 'The share of time that a disk was busy. Near 100 %, requests wait in line.',
        unit: 'percentunit',
        queries: [
          {
            expr: rateBy(`node_disk_io_time_seconds_total{${hosts}}`, 'instance, device'),
            legend: '{{instance}} {{device}}',
          },
        ],
        thresholds: fullSteps,
        runbooks: ['system/IoStall'],
      }),
      chart({
        title: 'Disk throughput',
        description: 'Bytes a second, read and written.',
        unit: 'Bps',
        queries: [
          { expr: rateBy(`node_disk_read_bytes_total{${hosts}}`, 'device'), legend: '{{device}} read' },
          { expr: rateBy(`node_disk_written_bytes_total{${hosts}}`, 'device'), legend: '{{device}} written' },
        ],
      }),
    ),
  ],
}

/** The network and the kernel's tables. */
export const networkSection: Section = {
  title: 'Network and kernel',
  lines: [
    line(
      8,
      chart({
        title: 'Network throughput',
        description: 'Bytes a second of all devices but the loopback, in and out.',
        unit: 'Bps',
        queries: [
          {
            expr: rateBy(`node_network_receive_bytes_total{${hosts}, device!="lo"}`, 'instance'),
            legend: '{{instance}} in',
          },
          {
            expr: rateBy(`node_network_transmit_bytes_total{${hosts}, device!="lo"}`, 'instance'),
            legend: '{{instance}} out',
          },
        ],
      }),
      chart({
        title: 'Network errors and drops',
        description: 'Packets a second that were broken or dropped. Any, steadily, is a fault.',
        unit: 'pps',
        queries: [
          {
            expr: rateBy(`node_network_receive_errs_total{${hosts}}`, 'instance'),
            legend: '{{instance}} errors in',
          },
          {
            expr: rateBy(`node_network_transmit_errs_total{${hosts}}`, 'instance'),
            legend: '{{instance}} errors out',
          },
          {
            expr: rateBy(`node_network_receive_drop_total{${hosts}}`, 'instance'),
            legend: '{{instance}} drops in',
          },
        ],
        runbooks: ['system/NetworkErrors'],
      }),
      chart({
        title: 'File descriptors',
        description: 'Open files of the whole system, of those that it allows.',
        unit: 'percentunit',
        queries: [
          {
            expr: `${level('node_filefd_allocated')} / ${level('node_filefd_maximum')}`,
            legend: '{{instance}}',
          },
        ],
        thresholds: fullSteps,
        runbooks: ['system/SystemFileDescriptorsLow'],
      }),
    ),
  ],
}
