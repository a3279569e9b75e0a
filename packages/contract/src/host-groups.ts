import { containerMetrics } from './container-catalogue.ts'
import { hostMetrics } from './host-catalogue.ts'
import { kernelMetrics } from './kernel-catalogue.ts'
import type { MetricGroup } from './metric-definition.ts'

/** Metrics of machines. */
export const hostGroups: readonly MetricGroup[] = [
  {
    title: 'The machine',
    about:
      'Processors, memory, disks, filesystems, network, load. Names and meaning are those of node_exporter.',
    publishers: ['host-agent'],
    metrics: hostMetrics,
    examples: [
      {
        question: 'How busy are the processors?',
        query: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
      },
      {
        question: 'How full are the filesystems?',
        query: '1 - node_filesystem_avail_bytes{fstype!="tmpfs"} / node_filesystem_size_bytes',
      },
    ],
  },
  {
    title: 'The kernel',
    about: 'Linux only: processes, pressure, descriptors, paging, sockets.',
    publishers: ['host-agent'],
    metrics: kernelMetrics,
    examples: [
      {
        question: 'Which share of time does work wait for I/O?',
        query: 'rate(node_pressure_io_waiting_seconds_total[5m])',
      },
      {
        question: 'Are processes killed for want of memory?',
        query: 'increase(node_vmstat_oom_kill[1h]) > 0',
      },
    ],
  },
  {
    title: 'The container',
    about:
      'Where the host agent runs in a container (cgroup v1 or v2). Names and meaning are those of cAdvisor.',
    publishers: ['host-agent'],
    metrics: containerMetrics,
    examples: [
      {
        question: 'How near is the memory limit?',
        query: 'container_memory_working_set_bytes / (container_spec_memory_limit_bytes > 0)',
      },
      {
        question: 'How often is the CPU quota used up?',
        query:
          'rate(container_cpu_cfs_throttled_periods_total[5m]) / rate(container_cpu_cfs_periods_total[5m])',
      },
    ],
  },
]
