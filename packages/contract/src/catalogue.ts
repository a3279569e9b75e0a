import { applicationGroups } from './application-groups.ts'
import { hostGroups } from './host-groups.ts'
import type { MetricDefinition, MetricGroup } from './metric-definition.ts'
import { otlpGroups } from './otlp-groups.ts'
import { ownGroups } from './own-groups.ts'

/** Every metric that Tocsin defines, in groups, as docs/metrics.md shows them. */
export const metricGroups: readonly MetricGroup[] = [
  ...applicationGroups,
  ...otlpGroups,
  ...hostGroups,
  ...ownGroups,
]

/** Every metric that Tocsin defines, each once: what documentation, dashboards and rules are checked against. */
export const metricCatalogue: readonly MetricDefinition[] = metricGroups.flatMap(({ metrics }) =>
  Object.values(metrics),
)
