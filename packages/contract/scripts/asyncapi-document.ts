import { readFileSync } from 'node:fs'
import { z } from 'zod'
import {
  alertEvent,
  capacityForecastEvent,
  capacityRiskEvent,
  createStreams,
  createSubjects,
  deadLetterHeaders,
  deliveryEvent,
  healthEvent,
  metricBatch,
  metricEvent,
  notificationRequest,
  outboxEvent,
  postedAlerts,
  postedTransitions,
  rpcVerbs,
  type StreamKey,
  slaReportEvent,
  slaViolationEvent,
  spanEvent,
} from '../src/mod.ts'
import * as samples from '../src/sample-events.ts'

type Json = Record<string, unknown>

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

interface Message {
  readonly schema: z.ZodType
  readonly summary: string
  readonly example?: unknown
  readonly examples?: readonly unknown[]
}

interface Channel {
  readonly key: string
  readonly address: string
  readonly stream?: StreamKey
  readonly title: string
  readonly description: string
  readonly parameters?: Record<string, string>
  readonly messages: Record<string, Message>
}

// Builders encode their tokens, so an address is built with plain words, which are then made parameters.
const subjects = createSubjects()
const address = (built: string, ...parameters: string[]) =>
  parameters.reduce((subject, name) => subject.replace(`PARAM-${name}`, `{${name}}`), built)
const p = (name: string) => `PARAM-${name}`

const channels: readonly Channel[] = [
  {
    key: 'metrics',
    stream: 'METRICS',
    address: address(subjects.metrics(p('source')), 'source'),
    title: 'Metric events',
    description: 'The only way in for metrics. A message is one event, an array of events, or a batch.',
    parameters: { source: 'who publishes: an application, a host, a gateway' },
    messages: {
      metricEvent: {
        schema: metricEvent,
        example: samples.sampleMetricEvent,
        summary: 'One event: add to a counter, set a gauge, observe into a histogram',
      },
      metricEvents: {
        schema: z.array(metricEvent),
        example: [samples.sampleMetricEvent],
        summary: 'Several events; the valid ones are kept when others are refused',
      },
      metricBatch: {
        schema: metricBatch,
        examples: [samples.sampleMetricBatch, samples.sampleDictionaryBatch],
        summary: 'Cumulative samples, as the SDK publishes them',
      },
    },
  },
  {
    key: 'spans',
    stream: 'SPANS',
    address: address(subjects.spans(p('service')), 'service'),
    title: 'Spans to be told of',
    description:
      'Spans that failed, or that carry `alert.severity`, as they came over OTLP. The others become metrics only.',
    parameters: { service: 'service.name, percent-encoded where NATS needs it' },
    messages: {
      span: { schema: spanEvent, example: samples.sampleSpanEvent, summary: 'One span' },
    },
  },
  {
    key: 'alerts',
    stream: 'ALERTS',
    address: `${subjects.prefix}.alerts.{state}.{alertname}`,
    title: 'Alert transitions',
    description:
      'Every transition of every alert, once. With an Alertmanager as a target, those that it cannot be told of come once more, with `direct` in place of the state.',
    parameters: {
      state: 'pending, firing or resolved; direct for what is told without Alertmanager',
      alertname: 'its first 256 characters, percent-encoded where NATS needs it',
    },
    messages: {
      alert: {
        schema: alertEvent,
        example: samples.sampleAlertEvent,
        summary: 'One alert changed its state',
      },
    },
  },
  {
    key: 'posted',
    stream: 'ALERTS',
    address: address(subjects.postedAlerts(p('alertname')), 'alertname'),
    title: 'Transitions of posted alerts',
    description:
      'Those of alerts that were posted to the notifier at /api/v2/alerts, the ones of a moment together; after a crash perhaps once more, with the same id.',
    parameters: { alertname: 'its first 256 characters, percent-encoded where NATS needs it' },
    messages: {
      postedTransitions: {
        schema: postedTransitions,
        example: samples.samplePostedTransitions,
        summary: 'Alerts that were posted changed their state',
      },
    },
  },
  {
    key: 'notificationRequest',
    stream: 'NOTIFICATIONS',
    address: subjects.notificationRequest,
    title: 'Messages to send',
    description: 'What notify() publishes. Only `title` is needed.',
    messages: {
      notificationRequest: {
        schema: notificationRequest,
        example: samples.sampleNotificationRequest,
        summary: 'A message for people, by the notification policy',
      },
    },
  },
  {
    key: 'deliveries',
    stream: 'DELIVERIES',
    address: `${subjects.prefix}.notifications.{outcome}.{channel}`,
    title: 'The delivery log',
    description: 'Every attempt to deliver, with its reason.',
    parameters: { outcome: 'delivered, failed, suppressed or dead', channel: 'email, slack, webhook, …' },
    messages: {
      delivery: { schema: deliveryEvent, example: samples.sampleDeliveryEvent, summary: 'One attempt' },
    },
  },
  {
    key: 'outbox',
    stream: 'OUTBOX',
    address: address(subjects.outbox(p('channel')), 'channel'),
    title: 'Notifications on their way',
    description:
      "The notifier's own queues: one per channel, `digest`, `alertmanager` for webhooks, and `posted` for alerts. Read it to watch; publish to nothing here.",
    parameters: { channel: 'email, slack, webhook, …' },
    messages: {
      outbox: {
        schema: outboxEvent,
        example: samples.sampleOutboxEvent,
        summary: 'One notification for one receiver',
      },
      postedAlerts: {
        schema: postedAlerts,
        example: samples.samplePostedAlerts,
        summary: 'Alerts that were posted to /api/v2/alerts, on `posted`',
      },
    },
  },
  {
    key: 'health',
    stream: 'HEALTH',
    address: address(subjects.health(p('service'), p('check')), 'service', 'check'),
    title: 'Check results',
    description: 'The last result of every health check.',
    parameters: { service: 'whose check it is', check: "the check's name" },
    messages: {
      health: { schema: healthEvent, example: samples.sampleHealthEvent, summary: 'One run of one check' },
    },
  },
  {
    key: 'slaReports',
    stream: 'SLA',
    address: address(subjects.slaReport(p('slo')), 'slo'),
    title: 'SLO reports',
    description: 'How an objective stands, at every reporting interval.',
    parameters: { slo: "the objective's name" },
    messages: {
      slaReport: {
        schema: slaReportEvent,
        example: samples.sampleSlaReportEvent,
        summary: 'One objective, one period',
      },
    },
  },
  {
    key: 'slaViolations',
    stream: 'SLA',
    address: address(subjects.slaViolation(p('slo')), 'slo'),
    title: 'SLO breaches',
    description: 'An objective that was met is so no longer.',
    parameters: { slo: "the objective's name" },
    messages: {
      slaViolation: {
        schema: slaViolationEvent,
        example: samples.sampleSlaViolationEvent,
        summary: 'One breach, at the moment it is seen',
      },
    },
  },
  {
    key: 'capacityForecasts',
    stream: 'CAPACITY',
    address: address(subjects.capacityForecast(p('resource')), 'resource'),
    title: 'Capacity forecasts',
    description: 'How a resource will grow, and how sure that is.',
    parameters: { resource: 'storage, memory, cpu, …' },
    messages: {
      capacityForecast: {
        schema: capacityForecastEvent,
        example: samples.sampleCapacityForecastEvent,
        summary: 'One forecast',
      },
    },
  },
  {
    key: 'capacityRisks',
    stream: 'CAPACITY',
    address: address(subjects.capacityRisk(p('resource')), 'resource'),
    title: 'Capacity risk',
    description: "A resource's risk level changed.",
    parameters: { resource: 'storage, memory, cpu, …' },
    messages: {
      capacityRisk: {
        schema: capacityRiskEvent,
        example: samples.sampleCapacityRiskEvent,
        summary: 'One change',
      },
    },
  },
]

/** Channels that clients publish to; the others they read. */
const inbound = new Set(['metrics', 'notificationRequest', 'health'])

function schemaOf(type: z.ZodType): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { target: 'draft-7', io: 'input' }) as Json
  return schema
}

function rpcChannels(): Channel[] {
  return Object.entries(rpcVerbs).flatMap(([service, verbs]) =>
    Object.entries(verbs as Record<string, { request: z.ZodType; reply: z.ZodType }>).map(
      ([verb, { request, reply }]) => ({
        key: `rpc-${service}-${verb}`,
        address: subjects.rpc(service, verb),
        title: `${service}: ${verb}`,
        description:
          'NATS request/reply. The reply is `{"ok":true,"data":…}` or `{"ok":false,"error":{"code":…,"message":…}}`.',
        messages: {
          [`${service}-${verb}-request`]: { schema: request, example: undefined, summary: 'The request' },
          [`${service}-${verb}-reply`]: { schema: reply, example: undefined, summary: '`data` of the reply' },
        },
      }),
    ),
  )
}

function examplesOf(payloads: readonly unknown[]): Json {
  return payloads.length === 0 ? {} : { examples: payloads.map((payload) => ({ payload })) }
}

function streamNote(key: StreamKey | undefined): string {
  const stream = createStreams(subjects).find((s) => s.key === key)
  if (!stream) return 'Not kept: core NATS.'
  const days = stream.maxAgeMs / 86_400_000
  const last = stream.maxMsgsPerSubject === 1 ? 'the last per subject, ' : ''
  const age = stream.maxAgeMs === 0 ? 'until handled' : `${last}${days >= 1 ? `${days} d` : `${days * 24} h`}`
  return `Kept in JetStream stream \`${stream.name}\` (${age}; a repeated \`Nats-Msg-Id\` within ${stream.duplicateWindowMs / 60_000} min is dropped).`
}

/** The AsyncAPI 3 document of the contract, as plain JSON. */
export function asyncApiDocument(): Json {
  const all = [...channels, ...rpcChannels()]
  const messages: Json = {}
  const channelEntries: Json = {}
  const operations: Json = {}
  for (const channel of all) {
    const rpc = channel.key.startsWith('rpc-')
    const names = Object.keys(channel.messages)
    for (const [name, { schema, example, examples, summary }] of Object.entries(channel.messages))
      messages[name] = {
        name,
        summary,
        contentType: 'application/json',
        payload: schemaOf(schema),
        ...examplesOf(examples ?? (example === undefined ? [] : [example])),
      }
    channelEntries[channel.key] = {
      address: channel.address,
      title: channel.title,
      description: rpc ? channel.description : `${channel.description} ${streamNote(channel.stream)}`,
      ...(channel.parameters
        ? {
            parameters: Object.fromEntries(
              Object.entries(channel.parameters).map(([k, d]) => [k, { description: d }]),
            ),
          }
        : {}),
      messages: Object.fromEntries(names.map((n) => [n, { $ref: `#/components/messages/${n}` }])),
    }
    const ref = (n: string) => ({ $ref: `#/channels/${channel.key}/messages/${n}` })
    const [request, reply] = names
    operations[channel.key] = {
      action: rpc || inbound.has(channel.key) ? 'receive' : 'send',
      channel: { $ref: `#/channels/${channel.key}` },
      messages: (rpc ? [request ?? ''] : names).map(ref),
      ...(rpc
        ? { reply: { channel: { $ref: `#/channels/${channel.key}` }, messages: [ref(reply ?? '')] } }
        : {}),
    }
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tocsin events',
      version,
      license: { name: 'Apache-2.0' },
      description: [
        'Every event that Tocsin takes and publishes on NATS. Operations are named from Tocsin’s side: it',
        'receives what you send, and sends what you may subscribe to. All subjects begin with `monitoring`',
        '(`NATS_SUBJECT_PREFIX` changes it). A token that holds free text is percent-encoded where NATS gives a',
        'character a meaning. What is malformed is kept, as it came, on',
        `\`${subjects.prefix}.dead-letters.<service>.<reason>\`, with the headers ${Object.values(deadLetterHeaders).join(', ')}.`,
      ].join('\n'),
    },
    defaultContentType: 'application/json',
    servers: { local: { host: 'localhost:4222', protocol: 'nats', description: 'NATS with JetStream' } },
    channels: channelEntries,
    operations,
    components: { messages },
  }
}
