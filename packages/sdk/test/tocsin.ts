import { jetstreamManager, RetentionPolicy } from '@nats-io/jetstream'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { createStreams, createSubjects } from '@tocsin/contract'
import { createModelReader, type ModelReader } from './model-reader.ts'

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
    if (!['METRICS', 'NOTIFICATIONS', 'HEALTH', 'SPANS'].includes(stream.key)) continue
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

/** What a reader of METRICS knows from its beginning. */
export async function readMetricStream(nats: NatsConnection): Promise<ModelReader> {
  const reader = createModelReader()
  for (const { json } of await readStream(nats, 'METRICS')) reader.read(JSON.stringify(json))
  return reader
}

/** The last value of every series in METRICS: `name{label="…"}`, our own labels left out. */
export async function readMetrics(nats: NatsConnection): Promise<ModelReader['last']> {
  return (await readMetricStream(nats)).last
}

/** Answers a verb as a service does; what it answers may fail with `{ code, message, status }`. */
export async function answer(
  nats: NatsConnection,
  service: string,
  verb: string,
  reply: (request: unknown) => unknown,
): Promise<{ readonly requests: unknown[]; stop(): void }> {
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
  // Another connection asks, perhaps at once: the server has to know of it before.
  await nats.flush()
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
