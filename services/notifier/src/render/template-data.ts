import type { OutboxEvent, WebhookAlert } from '@tocsin/contract'
import type { TemplateAlert, TemplateData } from '@tocsin/templates'
import { digestTitle } from './headline.ts'
import { metadataFacts } from './present.ts'

type Labels = Readonly<Record<string, string>>

/**
 * A notification as templates see it. Messages and digests have labels and annotations too, so that a channel or
 * address that is chosen by `severity` is found for them as well; what they say is not left to templates.
 * `tame` takes its meaning from what labels and annotations say, where a service would act on it.
 */
export function templateDataOf(event: OutboxEvent, tame = (text: string) => text): TemplateData {
  const { receiver: Receiver, groupKey: GroupKey, severity } = event
  const tamed = (labels: Labels): Labels =>
    Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, tame(value)]))
  if (event.kind === 'alerts')
    return {
      Receiver,
      GroupKey,
      Status: event.status,
      Alerts: event.alerts.map((alert) => templateAlert(alert, tamed)),
      GroupLabels: tamed(event.groupLabels),
      CommonLabels: tamed(event.commonLabels),
      CommonAnnotations: tamed(event.commonAnnotations),
      ExternalURL: event.externalURL,
      TruncatedAlerts: event.truncatedAlerts,
    }
  const labels = { severity, source: event.source, kind: event.kind }
  const [common, annotations] =
    event.kind === 'message'
      ? [
          { ...Object.fromEntries(metadataFacts(event.metadata)), ...labels },
          { summary: event.title, description: event.message },
        ]
      : [labels, { summary: digestTitle(event) }]
  const rest = { Alerts: [], GroupLabels: {}, ExternalURL: '', TruncatedAlerts: 0 }
  return {
    Receiver,
    GroupKey,
    Status: 'firing',
    CommonLabels: tamed(common),
    CommonAnnotations: tamed(annotations),
    ...rest,
  }
}

function templateAlert(alert: WebhookAlert, tamed: (labels: Labels) => Labels): TemplateAlert {
  return {
    Status: alert.status,
    Labels: tamed(alert.labels),
    Annotations: tamed(alert.annotations),
    StartsAt: alert.startsAt,
    EndsAt: alert.endsAt,
    GeneratorURL: alert.generatorURL,
    Fingerprint: alert.fingerprint,
  }
}
