export interface ActiveAlert {
  readonly name: string
  readonly state: 'pending' | 'firing'
  readonly labels: Readonly<Record<string, string>>
}

/** An alert that came, changed or went. */
export interface AlertChange {
  readonly alert: ActiveAlert
  readonly state: 'pending' | 'firing' | 'resolved' | 'gone'
}

/** The active alerts of an alert-evaluator, as Prometheus' API has them. Rejects when it does not answer. */
export async function readAlerts(evaluatorUrl: string): Promise<readonly ActiveAlert[]> {
  const response = await fetch(`${evaluatorUrl}/api/v1/alerts`, { signal: AbortSignal.timeout(2000) })
  if (!response.ok) throw new Error(`${evaluatorUrl} answered ${response.status}`)
  const { data } = (await response.json()) as { data: { alerts: readonly Omit<ActiveAlert, 'name'>[] } }
  return data.alerts.map(({ labels, state }) => ({
    labels,
    state,
    name: labels['alertname'] ?? 'without a name',
  }))
}

const keyOf = ({ labels }: ActiveAlert): string => JSON.stringify(Object.entries(labels).sort())

/** What changed from one look to the next. A pending alert that goes away never was one: it is gone, not resolved. */
export function compareAlerts(
  before: readonly ActiveAlert[],
  now: readonly ActiveAlert[],
): readonly AlertChange[] {
  const old = new Map(before.map((alert) => [keyOf(alert), alert]))
  const present = new Set(now.map(keyOf))
  return [
    ...now
      .filter((alert) => old.get(keyOf(alert))?.state !== alert.state)
      .map((alert) => ({ alert, state: alert.state })),
    ...before
      .filter((alert) => !present.has(keyOf(alert)))
      .map((alert) => ({
        alert,
        state: alert.state === 'firing' ? ('resolved' as const) : ('gone' as const),
      })),
  ]
}
