import type { DashboardPlan } from '../build-dashboard.ts'
import { figure } from '../panels/figure.ts'
import { stepsFrom } from '../panels/look.ts'
import { line, type Section } from '../section.ts'
import { instanceChoice, serviceChoice } from '../variables.ts'
import { processSection } from './process-section.ts'
import { quantile, sumRate } from './queries.ts'
import { deliverySection, evaluationSection, streamSection } from './tocsin-path-sections.ts'
import { headSection, intakeSection, surroundingsSection } from './tocsin-store-sections.ts'

const glance: Section = {
  title: 'At a glance',
  lines: [
    line(
      4,
      figure({
        title: 'Samples taken',
        description: 'Samples a second whose effect is in the head of the collector.',
        unit: 'short',
        query: { expr: sumRate('tocsin_metric_events_accepted_total') },
        runbooks: ['tocsin/MetricEventsRefused'],
      }),
      figure({
        title: 'Event lag, p99',
        description: 'From a metric event stored by NATS to the rules that read it being evaluated.',
        unit: 's',
        query: { expr: quantile(0.99, 'tocsin_event_lag_seconds_bucket') },
        thresholds: stepsFrom('green', [0.1, 'orange'], [1, 'red']),
        runbooks: ['tocsin/EvaluationLags'],
      }),
      figure({
        title: 'Behind the stream',
        description: 'Messages that the reader who is furthest behind has not read yet.',
        unit: 'short',
        decimals: 0,
        query: { expr: 'max(tocsin_stream_lag_messages)' },
        thresholds: stepsFrom('green', [100, 'orange'], [1000, 'red']),
        runbooks: ['tocsin/ReaderBehind'],
      }),
      figure({
        title: 'Delivery time, p95',
        description:
          'From an event to the moment its channel had taken the notification, within the time shown.',
        unit: 's',
        query: {
          expr: 'histogram_quantile(0.95, sum by (le) (increase(tocsin_notification_latency_seconds_bucket[$__range])))',
        },
        runbooks: ['tocsin/ChannelFails'],
      }),
      figure({
        title: 'Dead letters',
        description:
          'Messages that were refused for good within the time shown. They are kept and can be looked at.',
        unit: 'short',
        decimals: 0,
        query: { expr: 'sum(increase(tocsin_dead_letters_total{written="true"}[$__range])) or vector(0)' },
        thresholds: stepsFrom('green', [1, 'orange'], [100, 'red']),
        runbooks: ['tocsin/DeadLetters'],
      }),
      figure({
        title: 'Head in use',
        description: 'Memory of the head, of what it may use. At 100 % the oldest samples go early.',
        unit: 'percentunit',
        query: { expr: 'max(tocsin_head_bytes / tocsin_head_limit_bytes)' },
        thresholds: stepsFrom('green', [0.8, 'orange'], [0.95, 'red']),
        runbooks: ['tocsin/HeadNearlyFull'],
      }),
    ),
  ],
}

/** Who watches the watchman: the way of an event through Tocsin, and what holds it up. */
export const tocsinItself: DashboardPlan = {
  uid: 'tocsin-itself',
  title: 'Tocsin',
  description: 'Event lag, evaluation time, delivery times, dead letters: Tocsin as it watches itself.',
  tags: ['self-monitoring', 'use'],
  variables: [serviceChoice('tocsin_build_info'), instanceChoice('tocsin_build_info')],
  sections: [
    glance,
    streamSection,
    evaluationSection,
    deliverySection,
    headSection,
    intakeSection,
    surroundingsSection,
    processSection,
  ],
}
