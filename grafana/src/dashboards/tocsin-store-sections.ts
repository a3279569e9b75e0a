import { chart } from '../panels/chart.ts'
import { stepsFrom } from '../panels/look.ts'
import { states } from '../panels/states.ts'
import { connectedWords } from '../panels/words.ts'
import { line, type Section } from '../section.ts'
import { quantile, sumRate } from './queries.ts'

/** The head: what it holds, and how it is asked. */
export const headSection: Section = {
  title: 'The head and its queries',
  lines: [
    line(
      8,
      chart({
        title: 'Series',
        description:
          'Series in the memory of those who read the stream. A sudden rise is a label with too many values.',
        unit: 'short',
        queries: [
          { expr: 'max by (service, instance) (tocsin_head_series)', legend: '{{service}} {{instance}}' },
        ],
        runbooks: ['tocsin/SeriesLimitReached', 'tocsin/SeriesRefused'],
      }),
      chart({
        title: 'Memory of the head',
        description: 'What the head uses, below what it may use.',
        unit: 'bytes',
        queries: [
          { expr: 'max by (instance) (tocsin_head_bytes)', legend: '{{instance}} used', refId: 'A' },
          { expr: 'max by (instance) (tocsin_head_limit_bytes)', legend: '{{instance}} limit', refId: 'B' },
        ],
        marks: { B: 'red' },
        runbooks: ['tocsin/HeadNearlyFull'],
      }),
      chart({
        title: 'Query time, p95',
        description: 'How long queries take to evaluate: those of dashboards, objectives and forecasts.',
        unit: 's',
        queries: [
          { expr: quantile(0.95, 'tocsin_query_duration_seconds_bucket', 'kind'), legend: '{{kind}}' },
        ],
      }),
    ),
  ],
}

/** Every way in: what comes, and what is refused. */
export const intakeSection: Section = {
  title: 'Ways in and out',
  lines: [
    line(
      8,
      chart({
        title: 'Samples',
        description: 'Samples a second: taken, seen before, refused.',
        unit: 'short',
        queries: [
          { expr: sumRate('tocsin_metric_events_accepted_total'), legend: 'taken' },
          { expr: `${sumRate('tocsin_metric_events_duplicate_total')} or vector(0)`, legend: 'seen before' },
          { expr: `${sumRate('tocsin_metric_events_refused_total')} or vector(0)`, legend: 'refused' },
        ],
        colours: { refused: 'red' },
        runbooks: ['tocsin/MetricEventsRefused'],
      }),
      chart({
        title: 'Requests of OTLP and remote write',
        description: 'Requests a second at the edges, by what became of them.',
        unit: 'reqps',
        queries: [
          {
            expr: sumRate('tocsin_otlp_requests_total', 'signal, outcome'),
            legend: 'OTLP {{signal}} {{outcome}}',
          },
          {
            expr: sumRate('tocsin_remote_write_requests_total', 'outcome'),
            legend: 'remote write {{outcome}}',
          },
        ],
      }),
      chart({
        title: 'Time of a scrape, p95',
        description: 'How long /metrics takes to answer, by format.',
        unit: 's',
        queries: [
          { expr: quantile(0.95, 'tocsin_scrape_duration_seconds_bucket', 'format'), legend: '{{format}}' },
        ],
      }),
    ),
  ],
}

/** What the services stand on. */
export const surroundingsSection: Section = {
  title: 'NATS, Redis, HTTP',
  lines: [
    line(
      8,
      states({
        title: 'Connections',
        description: 'Whether each service is connected to NATS and, where it uses it, to Redis.',
        queries: [
          { expr: 'min by (service) (tocsin_nats_connected)', legend: '{{service}} → NATS' },
          { expr: 'min by (service) (tocsin_redis_connected)', legend: '{{service}} → Redis' },
        ],
        words: connectedWords,
        thresholds: stepsFrom('red', [1, 'green']),
        runbooks: ['tocsin/NatsUnsteady', 'tocsin/RedisAway'],
      }),
      chart({
        title: 'Messages published',
        description: 'Messages a second published to JetStream, by what became of them.',
        unit: 'mps',
        queries: [
          { expr: sumRate('tocsin_publishes_total', 'service, outcome'), legend: '{{service}} {{outcome}}' },
        ],
        runbooks: ['tocsin/PublishesFail'],
      }),
      chart({
        title: 'Time of HTTP answers, p95',
        description: 'How long the services’ own pages take.',
        unit: 's',
        queries: [
          {
            expr: quantile(0.95, 'tocsin_http_request_duration_seconds_bucket', 'service'),
            legend: '{{service}}',
          },
        ],
      }),
    ),
  ],
}
