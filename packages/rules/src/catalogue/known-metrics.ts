import { identityLabels, type MetricDefinition } from '@tocsin/contract'

/** Which labels the series of a name may have; undefined where anything is possible. */
export type LabelNames = ReadonlySet<string> | undefined

/** Every series name that may be asked for, with its labels. */
export type KnownMetrics = ReadonlyMap<string, LabelNames>

/** What no catalogue defines: the evaluator writes alerts, and a Prometheus that scrapes adds its own. */
const EXTERNAL: readonly (readonly [string, LabelNames])[] = [
  ['ALERTS', undefined],
  ['ALERTS_FOR_STATE', undefined],
  ...['up', 'scrape_duration_seconds', 'scrape_samples_scraped', 'scrape_series_added'].map(
    (name) => [name, new Set(['job', 'instance'])] as const,
  ),
]

/** The series that these metrics have, a histogram's parts among them, and those that come from elsewhere. */
export function knownMetrics(catalogue: readonly MetricDefinition[]): KnownMetrics {
  return new Map([...EXTERNAL, ...catalogue.flatMap(seriesOf)])
}

function seriesOf({ name, type, labels }: MetricDefinition): readonly (readonly [string, LabelNames])[] {
  const own = (...more: string[]) => new Set([...labels, ...identityLabels, ...more])
  const parts = [
    [`${name}_sum`, own()],
    [`${name}_count`, own()],
  ] as const
  switch (type) {
    case 'histogram':
      return [[`${name}_bucket`, own('le')], ...parts]
    case 'summary':
      return [[name, own('quantile')], ...parts]
    default:
      return [[name, own()]]
  }
}
