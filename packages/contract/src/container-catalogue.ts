import { nameByKey } from './metric-definition.ts'

/**
 * The limits that a container runs under, and how near them it is, where the host agent runs in one: names and
 * meaning are cAdvisor's, without the labels that only the container's manager knows.
 */
export const containerMetrics = nameByKey({
  container_cpu_cfs_periods_total: {
    type: 'counter',
    labels: [],
    help: 'Periods in which the CPU quota was enforced.',
  },
  container_cpu_cfs_throttled_periods_total: {
    type: 'counter',
    labels: [],
    help: 'Periods in which the CPU quota was used up.',
  },
  container_cpu_cfs_throttled_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that tasks were held back by the CPU quota.',
  },
  container_cpu_system_seconds_total: { type: 'counter', labels: [], help: 'CPU time in the kernel.' },
  container_cpu_usage_seconds_total: {
    type: 'counter',
    labels: ['cpu'],
    help: 'CPU time; cpu is always total.',
  },
  container_cpu_user_seconds_total: { type: 'counter', labels: [], help: 'CPU time in programs.' },
  container_memory_cache: { type: 'gauge', labels: [], help: 'Bytes of page cache.' },
  container_memory_failcnt: { type: 'counter', labels: [], help: 'Times that the memory limit was reached.' },
  container_memory_rss: { type: 'gauge', labels: [], help: 'Bytes of memory that no file backs.' },
  container_memory_swap: { type: 'gauge', labels: [], help: 'Bytes in swap.' },
  container_memory_usage_bytes: { type: 'gauge', labels: [], help: 'Memory in use, page cache included.' },
  container_memory_working_set_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Memory in use without what was not used recently: what counts against the limit in earnest.',
  },
  container_oom_events_total: { type: 'counter', labels: [], help: 'Processes killed at the memory limit.' },
  container_pressure_cpu_waiting_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that some task waited for a CPU.',
  },
  container_pressure_io_stalled_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that no task could go on because of I/O.',
  },
  container_pressure_io_waiting_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that some task waited for I/O.',
  },
  container_pressure_memory_stalled_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that no task could go on for want of memory.',
  },
  container_pressure_memory_waiting_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that some task waited for memory.',
  },
  container_spec_cpu_period: {
    type: 'gauge',
    labels: [],
    help: 'Microseconds that the CPU quota is given for.',
  },
  container_spec_cpu_quota: {
    type: 'gauge',
    labels: [],
    help: 'Microseconds of CPU time a period; missing where there is no limit.',
  },
  container_spec_cpu_shares: { type: 'gauge', labels: [], help: 'Weight of the container among others.' },
  container_spec_memory_limit_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Memory that the container may use; 0 where there is no limit.',
  },
  container_threads: { type: 'gauge', labels: [], help: 'Threads in the container.' },
  container_threads_max: {
    type: 'gauge',
    labels: [],
    help: 'Threads that there may be in the container; 0 where there is no limit.',
  },
})
