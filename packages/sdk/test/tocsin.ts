import { jetstreamManager, RetentionPolicy } from '@nats-io/jetstream'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { createStreams, createSubjects, type MetricBatch, parseMetricMessage } from '@tocsin/contract'

const subjects = createSubjects()

/** Connects as the services would, with the streams that the SDK writes to. */
export async function joinNats(url: string): Promise<NatsConnection> {
  const nats = await connect({
    servers: url,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
  })
  const manager = await jetstreamManager(nats)
  for (const stream of createStreams(subjects)) {
    if (!['METRICS', 'NOTIFICATIONS', 'HEALTH'].includes(stream.key)) continue
    await manager.streams.add({
      name: stream.name,
      subjects: [...stream.subjects],
      retention: stream.retention === 'workqueue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
      max_msgs_per_subject: stream.maxMsgsPerSubject,
    })
  }
  return nats
}

/** The JSON of every message that a stream holds, oldest first. */
export async function readStream(
  nats: NatsConnection,
  stream: string,
): Promise<{ subject: string; json: unknown }[]> {
  const manager = await jetstreamManager(nats)
  const { state } = await manager.streams.info(stream)
  const found: { subject: string; json: unknown }[] = []
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage(stream, { seq })
    if (message) found.push({ subject: message.subject, json: message.json() })
  }
  return found
}

type Value = number | string | readonly number[]

/** The last value of every series in METRICS: `name{label="…"}`, our own labels left out. */
export async function readMetrics(nats: NatsConnection): Promise<Map<string, Value>> {
  const last = new Map<string, Value>()
  for (const { json } of await readStream(nats, 'METRICS')) {
    const { batch, faults } = parseMetricMessage(json)
    if (!batch) throw new Error(`not a batch: ${faults[0]?.detail}`)
    for (const [key, value] of valuesOf(batch)) last.set(key, value)
  }
  return last
}

function* valuesOf(batch: MetricBatch): Generator<readonly [string, Value]> {
  for (const [index, value] of batch.samples) {
    const [metric, { service: _, instance: __, ...labels }] = batch.series[index] ?? [-1, {}]
    const text = Object.entries(labels).map(([name, label]) => `${name}="${label}"`)
    yield [`${batch.metrics[metric]?.name}${text.length > 0 ? `{${text.join(',')}}` : ''}`, value]
  }
}

/** Answers a verb as a service does; what it answers may fail with `{ code, message, status }`. */
export function answer(
  nats: NatsConnection,
  service: string,
  verb: string,
  reply: (request: unknown) => unknown,
): { readonly requests: unknown[]; stop(): void } {
  const requests: unknown[] = []
  const subscription = nats.subscribe(subjects.rpc(service, verb), {
    callback(error, message) {
      if (error) return
      const request: unknown = message.json()
      requests.push(request)
      const data = reply(request)
      if (!(data instanceof ServiceFault)) return void message.respond(JSON.stringify({ ok: true, data }))
      const fields = headers()
      fields.set('Nats-Service-Error-Code', String(data.status))
      fields.set('Nats-Service-Error', data.message)
      const body = { ok: false, error: { code: data.code, message: data.message } }
      message.respond(JSON.stringify(body), { headers: fields })
    },
  })
  return { requests, stop: () => subscription.unsubscribe() }
}

export class ServiceFault extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, message: string, status: number) {
    super(message)
    this.code = code
    this.status = status
  }
}
