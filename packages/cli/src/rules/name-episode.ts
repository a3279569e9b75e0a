import type { Episode } from '@tocsin/alerting'
import { formatLabels } from '../query/format-labels.ts'

/** `HighErrorRate{service="shop"}`, without what only says who is told. */
export function nameOf({ rule, labels }: Episode): string {
  const { alertname: _, severity: __, category: ___, ...own } = labels
  return formatLabels({ __name__: rule.ref.name, ...own })
}
