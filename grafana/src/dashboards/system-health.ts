import type { DashboardPlan } from '../build-dashboard.ts'
import { figure } from '../panels/figure.ts'
import { stepsFrom } from '../panels/look.ts'
import { states } from '../panels/states.ts'
import { table } from '../panels/table.ts'
import { healthWords } from '../panels/words.ts'
import { line, lineOf, type Section } from '../section.ts'
import { choice } from '../variables.ts'
import { cpuUsed, diskUsed, hosts, memoryUsed } from './host-queries.ts'
import { cpuSection, diskSection, memorySection, networkSection } from './host-sections.ts'

const fullSteps = stepsFrom('green', [0.8, 'orange'], [0.95, 'red'])
const healthSteps = stepsFrom('red', [0.5, 'orange'], [1, 'green'])

const glance: Section = {
  title: 'At a glance',
  lines: [
    line(
      4,
      figure({
        title: 'Health',
        description: 'Unhealthy when a critical check is, degraded when any check is not healthy.',
        query: { expr: 'min(tocsin_health_overall)' },
        words: healthWords,
        thresholds: healthSteps,
        runbooks: ['tocsin/HealthCheckFails'],
      }),
      figure({
        title: 'Checks that are not healthy',
        description: 'Of Tocsin’s own checks and those of applications. One that did not run is not healthy.',
        unit: 'short',
        decimals: 0,
        query: { expr: 'count(min by (target, check) (tocsin_health_status) < 1) or vector(0)' },
        thresholds: stepsFrom('green', [1, 'red']),
        runbooks: ['tocsin/HealthCheckFails'],
      }),
      figure({
        title: 'CPU',
        description: 'The share of all cores that is busy, of the host that is busiest.',
        unit: 'percentunit',
        query: { expr: `max(${cpuUsed})` },
        thresholds: fullSteps,
        runbooks: ['system/HighCpuUsage'],
      }),
      figure({
        title: 'Memory',
        description: 'Memory that programs can no longer have, of the host that has least.',
        unit: 'percentunit',
        query: { expr: `max(${memoryUsed})` },
        thresholds: fullSteps,
        runbooks: ['system/HighMemoryUsage', 'system/MemoryExhausted'],
      }),
      figure({
        title: 'Disk',
        description: 'The fullest filesystem of all.',
        unit: 'percentunit',
        query: { expr: `max(${diskUsed})` },
        thresholds: fullSteps,
        runbooks: ['system/DiskAlmostFull', 'system/DiskFull'],
      }),
      figure({
        title: 'Load per core',
        description: 'Processes that run or wait, over a minute, for each core. Above 1, some wait.',
        unit: 'short',
        decimals: 2,
        query: {
          expr: `max(node_load1{${hosts}} / on (service, instance) count by (service, instance) (node_cpu_seconds_total{${hosts}, mode="idle"}))`,
        },
        thresholds: stepsFrom('green', [1, 'orange'], [2, 'red']),
        runbooks: ['system/HighLoad'],
      }),
    ),
  ],
}

const checks: Section = {
  title: 'Health checks',
  lines: [
    lineOf(
      [14, 10],
      11,
      states({
        title: 'Check status',
        description: 'Every check of Tocsin and of applications, and how its status followed.',
        queries: [{ expr: 'min by (target, check) (tocsin_health_status)', legend: '{{target}}: {{check}}' }],
        words: healthWords,
        thresholds: healthSteps,
        runbooks: ['tocsin/HealthCheckFails'],
      }),
      table({
        title: 'Checks now',
        description: 'How each check stands, how long ago it ran, and how long it took.',
        columns: [
          { title: 'Of', label: 'target' },
          { title: 'Check', label: 'check' },
          {
            title: 'Status',
            expr: 'sort(min by (target, check) (tocsin_health_status))',
            words: healthWords,
            thresholds: healthSteps,
            width: 90,
          },
          {
            title: 'Ran ago',
            expr: 'min by (target, check) (tocsin_health_check_age_seconds)',
            unit: 's',
            decimals: 0,
            width: 90,
          },
          {
            title: 'Took',
            expr: 'max by (target, check) (tocsin_health_last_duration_seconds)',
            unit: 's',
            width: 90,
          },
        ],
      }),
    ),
  ],
}

/** The machine and the checks: what is used, who waits for it, what fails. */
export const systemHealth: DashboardPlan = {
  uid: 'tocsin-system-health',
  title: 'System Health',
  description: 'CPU, memory, disk usage and health check status, by utilisation, saturation and errors.',
  tags: ['health', 'use'],
  variables: [
    choice({
      name: 'instance',
      label: 'Host',
      description: 'The hosts that are shown',
      of: 'instance',
      selector: 'node_load1',
    }),
  ],
  sections: [glance, checks, cpuSection, memorySection, diskSection, networkSection],
}
