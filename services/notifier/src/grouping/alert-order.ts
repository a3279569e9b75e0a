import type { AlertRecord } from './records.ts'

/** Alerts in Alertmanager's order: by job, by instance (those without last), by how many labels, then by these. */
export function inAlertOrder(alerts: readonly AlertRecord[]): readonly AlertRecord[] {
  if (alerts.length < 2) return alerts
  return alerts
    .map((record) => ({
      record,
      labels: record.alert.labels,
      names: Object.keys(record.alert.labels).sort(),
    }))
    .sort(
      (a, b) =>
        compareOwn(a.labels['job'], b.labels['job']) ||
        compareOwn(a.labels['instance'], b.labels['instance']) ||
        a.names.length - b.names.length ||
        compareLabels(a, b),
    )
    .map(({ record }) => record)
}

interface Labelled {
  readonly labels: Readonly<Record<string, string>>
  readonly names: readonly string[]
}

/** Of two sets of one size, the one that lacks the first name in which they differ comes first. */
function compareLabels(a: Labelled, b: Labelled): number {
  for (const [i, name] of a.names.entries()) {
    const other = b.names[i] ?? ''
    if (name !== other) return name < other ? 1 : -1
    const order = compare(a.labels[name] ?? '', b.labels[name] ?? '')
    if (order !== 0) return order
  }
  return 0
}

function compareOwn(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return compare(a, b)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
