import type { MetricGroup } from './metric-definition.ts'
import { otlpMetrics } from './otlp-catalogue.ts'
import { messagingMetrics, spanMetrics } from './span-catalogue.ts'

/** What comes of OTLP: metrics made of spans, and what the collector says of its taking them. */
export const otlpGroups: readonly MetricGroup[] = [
  {
    title: 'Spans',
    about:
      'Made of every span that comes by OTLP, under the names of the spanmetrics connector of the OpenTelemetry ' +
      'collector. They carry `service` and no `instance`: spans of all instances are counted together.',
    publishers: ['collector'],
    metrics: spanMetrics,
    examples: [
      {
        question: 'Which operations fail most?',
        query:
          'topk(5, sum by (service, span_name) (rate(traces_span_metrics_calls_total{status_code="STATUS_CODE_ERROR"}[5m])))',
      },
      {
        question: 'How long do 95 of 100 calls take at most?',
        query:
          'histogram_quantile(0.95, sum by (service, span_name, le) (rate(traces_span_metrics_duration_milliseconds_bucket[5m])))',
      },
    ],
  },
  {
    title: 'Messages',
    about: 'Made of spans that send, receive or process messages. They carry `service` and no `instance`.',
    publishers: ['collector'],
    metrics: messagingMetrics,
    examples: [
      {
        question: 'Which destinations are processed with errors?',
        query:
          'sum by (service, destination) (rate(messaging_messages_total{operation="process",status="error"}[5m])) > 0',
      },
    ],
  },
  {
    title: 'OTLP',
    about: "What came in from OpenTelemetry's SDKs and collectors.",
    publishers: ['collector'],
    metrics: otlpMetrics,
    examples: [
      {
        question: 'What is refused, and why?',
        query: 'sum by (reason) (increase(tocsin_otlp_points_total{outcome="refused"}[1h])) > 0',
      },
      {
        question: 'Whose spans have too many label sets?',
        query: 'sum by (source, metric) (increase(tocsin_span_metrics_overflow_total[15m])) > 0',
      },
    ],
  },
]
