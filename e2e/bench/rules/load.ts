import { randomUUID } from 'node:crypto'

/** Counters of many services, each with an alert rule of its own: the same values for every contender. */
export interface RuleLoad {
  readonly services: number
  readonly series: number
  /** The text of a rule file: one group, one rule a service, without an interval of its own. */
  readonly rules: string
  /** Alerts that fire: each route of the busy services. */
  readonly firing: number
  /** Lets every counter go on by one sampling interval. */
  advance(): void
  /** A service's present levels as its SDK publishes them. */
  batch(service: number, timeMs: number): string
  /** All present levels as a target exposes them. */
  exposition(): string
}

export const CYCLE_MS = 5000
const ROUTES = 4
const METHODS = 5
const BUSY_EVERY = 100

/** 20 series a service; a rule's condition holds for one service in a hundred. */
export function createLoad(services: number): RuleLoad {
  const perService = ROUTES * METHODS
  const values = new Float64Array(services * perService)
  const names = Array.from({ length: services }, (_, i) => `svc${i}`)
  const labels = names.flatMap((service) =>
    Array.from({ length: perService }, (_, i) => ({
      instance: `${service}-0`,
      method: `m${Math.floor(i / ROUTES)}`,
      route: `/route/${i % ROUTES}`,
      service,
    })),
  )
  const series = names.map((_, i) =>
    JSON.stringify(labels.slice(i * perService, (i + 1) * perService).map((own) => [0, own])),
  )
  const lines = labels.map(
    (own) =>
      `http_requests_total{${Object.entries(own)
        .map(([name, value]) => `${name}="${value}"`)
        .join(',')}} `,
  )
  const metrics = JSON.stringify([
    { name: 'http_requests_total', type: 'counter', help: 'Requests by route and method.' },
  ])

  return {
    services,
    series: values.length,
    rules: [
      'groups:',
      '  - name: bench',
      '    rules:',
      ...names.map(
        (service, i) =>
          `      - { alert: Busy${i}, expr: 'sum by (route) (rate(http_requests_total{service="${service}"}[1m])) > 100' }`,
      ),
      '',
    ].join('\n'),
    firing: Math.ceil(services / BUSY_EVERY) * ROUTES,
    advance() {
      for (let i = 0; i < values.length; i++) {
        const busy = Math.floor(i / perService) % BUSY_EVERY === 0
        values[i] = (values[i] ?? 0) + Math.floor(Math.random() * 50) + (busy ? 500 : 0)
      }
    },
    batch(service, timeMs) {
      const samples: string[] = []
      for (let i = 0; i < perService; i++) samples.push(`[${i},${values[service * perService + i]}]`)
      const head = { v: 1, id: randomUUID(), time: new Date(timeMs).toISOString(), source: names[service] }
      return `${JSON.stringify(head).slice(0, -1)},"metrics":${metrics},"series":${series[service]},"samples":[${samples.join(',')}]}`
    },
    exposition: () =>
      `# TYPE http_requests_total counter\n${lines.map((line, i) => `${line}${values[i]}\n`).join('')}`,
  }
}
