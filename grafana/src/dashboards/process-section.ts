import { chart } from '../panels/chart.ts'
import { stepsFrom } from '../panels/look.ts'
import { line, type Section } from '../section.ts'
import { chosen, rate } from './queries.ts'

/** What the processes of the chosen services use, and whether they are held up. */
export const processSection: Section = {
  title: 'Processes: utilisation and saturation',
  lines: [
    line(
      9,
      chart({
        title: 'CPU of processes',
        description:
          'Cores that a process keeps busy. Node runs JavaScript on one: near 1, it has no more to give.',
        unit: 'short',
        queries: [
          {
            expr: `sum by (service, instance) (${rate(`process_cpu_seconds_total{${chosen}}`)})`,
            legend: '{{service}} {{instance}}',
          },
        ],
        thresholds: stepsFrom('green', [0.8, 'orange'], [1, 'red']),
      }),
      chart({
        title: 'Memory of processes',
        description: 'Resident memory. What only ever grows is a leak: ProcessMemoryGrows watches it.',
        unit: 'bytes',
        queries: [
          {
            expr: `max by (service, instance) (process_resident_memory_bytes{${chosen}})`,
            legend: '{{service}} {{instance}}',
          },
        ],
        runbooks: ['capacity/ProcessMemoryGrows'],
      }),
      chart({
        title: 'Event loop lag, p99',
        description: 'How late timers are: while the loop is held up, nothing is answered.',
        unit: 's',
        queries: [
          {
            expr: `max by (service, instance) (nodejs_eventloop_lag_p99_seconds{${chosen}})`,
            legend: '{{service}} {{instance}}',
          },
        ],
        thresholds: stepsFrom('green', [0.1, 'orange'], [0.5, 'red']),
        runbooks: ['api/EventLoopBlocked'],
      }),
    ),
  ],
}
