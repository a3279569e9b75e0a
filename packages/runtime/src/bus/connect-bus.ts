import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import type { NatsConnection } from '@nats-io/transport-node'
import {
  type BucketKey,
  bucketName,
  createBuckets,
  createStreams,
  createSubjects,
  type RpcReply,
  type RpcRequest,
  type RpcService,
  type RpcVerbs,
  type StreamKey,
  type Subjects,
  streamName,
} from '@tocsin/contract'
import type { BaseEnv } from '../env/base-env.ts'
import { type ConnectNatsOptions, connectNats } from './connect-nats.ts'
import { ensureTopology } from './ensure-topology.ts'
import { eraseRevision } from './erase-revision.ts'
import {
  createPublish,
  encode,
  headersOf,
  type Payload,
  type Published,
  type PublishOptions,
} from './publish.ts'
import { callRpc, type RpcHandlers, serveRpc } from './rpc.ts'
import { createSendStored, sendingBy } from './send-stored.ts'

/** NATS as services use it. */
export interface Bus {
  readonly nc: NatsConnection
  readonly js: JetStreamClient
  readonly jsm: JetStreamManager
  readonly subjects: Subjects
  /** The name of one of the contract's streams under this prefix. */
  streamName(key: StreamKey): string
  /** Why there is no connection now; undefined while there is one. */
  trouble(): string | undefined
  /** Calls back whenever the connection is there again after a loss. The function returned ends that. */
  onReconnect(fn: () => void): () => void
  /** Creates or updates the contract's streams and buckets. */
  ensureTopology(): Promise<void>
  /** Stores a message in JetStream. @throws {BusError} once its deadline (30 s) has passed or trying is useless. */
  publish(subject: string, payload: Payload, options?: PublishOptions): Promise<Published>
  /** Sends a message to whoever listens now; nothing is stored. */
  publishCore(subject: string, payload: Payload, headers?: Readonly<Record<string, string>>): void
  /** One of the contract's buckets. Reads go to the leader, so that they see every write before them. */
  kv(key: BucketKey): Promise<KV>
  /** Removes a value of a bucket, or the marker of one that is gone, without a trace; it may be gone already. */
  eraseRevision(key: BucketKey, revision: number): Promise<void>
  /** Answers the verbs that the contract gives a service. */
  serveRpc<S extends RpcService>(service: S, handlers: RpcHandlers<S>): Promise<() => Promise<void>>
  /** Calls a verb of another service. */
  callRpc<S extends RpcService, V extends keyof RpcVerbs[S] & string>(
    service: S,
    verb: V,
    input: RpcRequest<S, V>,
    options?: { timeoutMs?: number },
  ): Promise<RpcReply<S, V>>
  /** Sends what is buffered, then closes. */
  close(): Promise<void>
}

export interface ConnectBusOptions extends Omit<ConnectNatsOptions, 'env'> {
  readonly env: ConnectNatsOptions['env'] & Pick<BaseEnv, 'NATS_REPLICAS' | 'NATS_SUBJECT_PREFIX'>
  readonly version: string
}

/** Connects to NATS; waits for ever for the first connection. */
export async function connectBus(options: ConnectBusOptions): Promise<Bus> {
  const { env, clock, log, metrics, signal, onState } = options
  let trouble: string | undefined
  const listeners = new Set<() => void>()
  const note = (state: string | undefined) => {
    const back = trouble !== undefined && state === undefined
    trouble = state
    onState?.(state)
    if (back) for (const listener of [...listeners]) listener()
  }
  const nc = await connectNats({ ...options, onState: note })
  const js = jetstream(nc)
  const jsm = await jetstreamManager(nc, { checkAPI: false })
  const subjects = createSubjects(env.NATS_SUBJECT_PREFIX)
  const buckets = new Map<BucketKey, Promise<KV>>()
  const onReconnect = (fn: () => void) => {
    listeners.add(fn)
    return () => void listeners.delete(fn)
  }
  const send = createSendStored({ nc, inboxPrefix: env.NATS_INBOX_PREFIX, onReconnect })
  const kvm = new Kvm(sendingBy(js, send))
  const rpc = { nc, subjects, log, version: options.version }

  return {
    nc,
    js,
    jsm,
    subjects,
    streamName: (key) => streamName(key, subjects.prefix),
    trouble: () => trouble,
    onReconnect,
    ensureTopology: () =>
      ensureTopology({
        jsm,
        clock,
        log,
        ...(signal ? { signal } : {}),
        ...(onState ? { onState } : {}),
        topology: {
          streams: createStreams(subjects),
          buckets: createBuckets(subjects.prefix),
          replicas: env.NATS_REPLICAS,
        },
      }),
    publish: createPublish({ nc, send, clock, metrics }),
    publishCore: (subject, payload, headers) =>
      nc.publish(subject, encode(payload), { headers: headersOf(headers) }),
    kv(key) {
      const open = buckets.get(key) ?? kvm.open(bucketName(key, subjects.prefix))
      buckets.set(key, open)
      return open
    },
    eraseRevision: (key, revision) => eraseRevision(jsm, `KV_${bucketName(key, subjects.prefix)}`, revision),
    serveRpc: (service, handlers) => serveRpc(rpc, service, handlers),
    callRpc: (service, verb, input, callOptions) => callRpc(rpc, service, verb, input, callOptions),
    async close() {
      if (nc.isClosed()) return
      // Drain waits for the server; one that is away must not hold up the stop.
      if (trouble === undefined) await nc.drain()
      else await nc.close()
    },
  }
}
