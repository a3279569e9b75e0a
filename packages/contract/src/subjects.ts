/** The first token of every subject, unless `NATS_SUBJECT_PREFIX` says otherwise. */
export const DEFAULT_PREFIX = 'monitoring'

export type AlertState = 'pending' | 'firing' | 'resolved'
export type DeliveryOutcome = 'delivered' | 'failed' | 'suppressed' | 'dead'

/**
 * Makes any text one subject token, reversibly: what NATS gives a meaning to (`.`, `*`, `>`, white space,
 * control characters), `%` itself and the empty text are percent-encoded.
 * @example subjectToken('High CPU 95.5%') // 'High%20CPU%2095%2E5%25'
 */
export function subjectToken(text: string): string {
  if (text === '') return '%'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
  return text.replace(/[\u0000-\u0020%.*>\u007f-\u009f\s]/g, (c) =>
    [...new TextEncoder().encode(c)].map((b) => `%${b.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

/** The text that {@link subjectToken} was given. Throws `URIError` on a token it did not make. */
export function textOfToken(token: string): string {
  return token === '%' ? '' : decodeURIComponent(token)
}

/** Characters of an alert's name in a subject: NATS takes 4096 bytes in a line, and closes the connection for more. */
const MOST_OF_NAME = 256

/**
 * Every subject of the contract under one prefix. Grammar, with each `<…>` one token:
 *
 *     <prefix>.metrics.<source>
 *     <prefix>.spans.<service>
 *     <prefix>.alerts.<pending|firing|resolved>.<alertname>
 *     <prefix>.alerts.direct.<alertname>
 *     <prefix>.posted.<alertname>
 *     <prefix>.notifications.request
 *     <prefix>.notifications.<delivered|failed|suppressed|dead>.<channel>
 *     <prefix>.outbox.<channel>
 *     <prefix>.health.<service>.<check>
 *     <prefix>.sla.<report|violation>.<slo>
 *     <prefix>.capacity.<forecast|risk>.<resource>
 *     <prefix>.dead-letters.<service>.<reason>
 *     <prefix>.rpc.<service>.<verb>
 *     <prefix>.rpc.<service>.<verb>.<replica>
 */
export function createSubjects(prefix: string = DEFAULT_PREFIX) {
  if (!/^[^\s.*>]+(\.[^\s.*>]+)*$/.test(prefix))
    throw new RangeError(`NATS_SUBJECT_PREFIX must be subject tokens without wildcards, not '${prefix}'`)
  const t = subjectToken
  const name = (alertname: string) => t(alertname.slice(0, MOST_OF_NAME))
  return {
    prefix,
    metrics: (source: string) => `${prefix}.metrics.${t(source)}`,
    allMetrics: `${prefix}.metrics.>`,
    spans: (service: string) => `${prefix}.spans.${t(service)}`,
    allSpans: `${prefix}.spans.*`,
    alert: (state: AlertState, alertname: string) => `${prefix}.alerts.${state}.${name(alertname)}`,
    /** A transition once more, which is told without Alertmanager. */
    directAlert: (alertname: string) => `${prefix}.alerts.direct.${name(alertname)}`,
    /** Transitions of alerts that were posted, those of one moment together. Whoever publishes them takes them in. */
    postedAlerts: (alertname: string) => `${prefix}.posted.${name(alertname)}`,
    allPostedAlerts: `${prefix}.posted.*`,
    /** The transitions of one name, whatever their state. */
    alertsNamed: (alertname: string) => `${prefix}.alerts.*.${name(alertname)}`,
    allAlerts: `${prefix}.alerts.>`,
    notificationRequest: `${prefix}.notifications.request`,
    delivery: (outcome: DeliveryOutcome, channel: string) =>
      `${prefix}.notifications.${outcome}.${t(channel)}`,
    allDeliveries: (outcome: DeliveryOutcome) => `${prefix}.notifications.${outcome}.*`,
    outbox: (channel: string) => `${prefix}.outbox.${t(channel)}`,
    allOutbox: `${prefix}.outbox.*`,
    health: (service: string, check: string) => `${prefix}.health.${t(service)}.${t(check)}`,
    allHealth: `${prefix}.health.*.*`,
    slaReport: (slo: string) => `${prefix}.sla.report.${t(slo)}`,
    slaViolation: (slo: string) => `${prefix}.sla.violation.${t(slo)}`,
    allSla: `${prefix}.sla.*.*`,
    capacityForecast: (resource: string) => `${prefix}.capacity.forecast.${t(resource)}`,
    capacityRisk: (resource: string) => `${prefix}.capacity.risk.${t(resource)}`,
    allCapacity: `${prefix}.capacity.*.*`,
    deadLetter: (service: string, reason: string) => `${prefix}.dead-letters.${t(service)}.${t(reason)}`,
    allDeadLetters: `${prefix}.dead-letters.>`,
    rpc: (service: string, verb: string) => `${prefix}.rpc.${t(service)}.${t(verb)}`,
    rpcOfReplica: (service: string, verb: string, replica: string) =>
      `${prefix}.rpc.${t(service)}.${t(verb)}.${t(replica)}`,
  }
}

export type Subjects = ReturnType<typeof createSubjects>

/**
 * The source that a metrics subject names: its last tokens after `<prefix>.metrics.`, decoded.
 * Publishers by hand may use several tokens; they are one source, dots included.
 */
export function sourceOfMetricsSubject(subjects: Subjects, subject: string): string {
  const raw = subject.slice(subjects.prefix.length + '.metrics.'.length)
  try {
    return textOfToken(raw)
  } catch {
    return raw
  }
}
