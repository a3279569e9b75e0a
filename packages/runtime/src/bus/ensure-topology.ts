import {
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import type { BucketDefinition, StreamDefinition } from '@tocsin/contract'
import { backoffMs, type Clock, sleep } from '../clock.ts'
import type { Log } from '../log/create-log.ts'
import { apiCode, apiCodeOf, BusError, toBusError } from './bus-error.ts'

export interface Topology {
  readonly streams: readonly StreamDefinition[]
  readonly buckets: readonly BucketDefinition[]
  /** Copies that a cluster keeps of each. */
  readonly replicas: number
}

export interface EnsureTopologyOptions {
  readonly jsm: JetStreamManager
  readonly topology: Topology
  readonly clock: Clock
  readonly log: Log
  readonly signal?: AbortSignal
  /** Told why it takes longer, or undefined once all is there. */
  readonly onState?: (trouble: string | undefined) => void
}

/** The settings that are ours to decide; what is not named here stays as the operator has it. */
type Wanted = Pick<
  StreamConfig,
  | 'name'
  | 'description'
  | 'subjects'
  | 'retention'
  | 'storage'
  | 'discard'
  | 'max_age'
  | 'max_bytes'
  | 'max_msgs_per_subject'
  | 'duplicate_window'
  | 'num_replicas'
  | 'allow_rollup_hdrs'
  | 'deny_delete'
>

/** What NATS answers who is second. While a stream is being made, its own subjects overlap with those of the second attempt. */
const lostRaces: readonly unknown[] = [apiCode.nameInUse, apiCode.streamNotFound, apiCode.subjectsOverlap]

/** Fixed when a stream is made. */
const immutable = ['retention', 'storage', 'deny_delete'] as const

/**
 * Creates what is missing and updates what differs. Safe to run from several services at once, and to repeat.
 * Waits for ever while JetStream is not available, and where this user may not do it, until another has done it.
 * @throws {BusError} `conflict` for a stream whose fixed settings differ, `refused` when the server says no.
 */
export async function ensureTopology(options: EnsureTopologyOptions): Promise<void> {
  const { topology, clock, log, signal, onState } = options
  const wanted = [
    ...topology.streams.map((stream) => streamConfig(stream, topology.replicas)),
    ...topology.buckets.map((bucket) => bucketConfig(bucket, topology.replicas)),
  ]
  let said = ''
  for (let attempt = 0; ; attempt++) {
    try {
      await Promise.all(wanted.map((config) => ensureStream(config, options)))
      onState?.(undefined)
      return
    } catch (error) {
      const trouble = toBusError(error, 'creating the streams')
      if (!trouble.retryable || signal?.aborted) throw trouble
      const next =
        trouble.code === 'forbidden' ? 'waiting for a service that may' : 'trying again until it works'
      if (trouble.message !== said) log.warn(`${trouble.message}; ${next}`)
      said = trouble.message
      onState?.(trouble.message)
      await sleep(clock, backoffMs(attempt, 100, 2000), signal)
    }
  }
}

async function ensureStream(
  wanted: Wanted,
  { jsm, clock, log, signal }: EnsureTopologyOptions,
): Promise<void> {
  let lost: unknown
  // Two services may create or change the same stream at once: the loser looks again.
  for (let attempt = 0; attempt < 5 && !signal?.aborted; attempt++) {
    if (attempt > 0) await sleep(clock, backoffMs(attempt, 10, 500), signal)
    const existing = await findStream(jsm, wanted.name)
    try {
      if (!existing) {
        await jsm.streams.add(wanted)
        log.info({ stream: wanted.name }, 'created a stream')
        return
      }
      const changes = differences(existing, wanted)
      if (changes.length === 0) return
      const fixed = immutable.filter((key) => changes.includes(key))
      if (fixed.length > 0) throw conflict(existing, wanted, fixed)
      await jsm.streams.update(wanted.name, { ...existing, ...wanted })
      log.info({ stream: wanted.name, changes }, 'updated a stream')
      return
    } catch (error) {
      if (!lostRaces.includes(apiCodeOf(error))) throw withName(error, wanted.name)
      lost = error
    }
  }
  if (apiCodeOf(lost) === apiCode.subjectsOverlap) throw withName(lost, wanted.name)
  throw new BusError(
    'conflict',
    `stream ${wanted.name} keeps changing: do services of several versions run?`,
    {
      retryable: true,
    },
  )
}

async function findStream(jsm: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await jsm.streams.info(name)).config
  } catch (error) {
    if (apiCodeOf(error) === apiCode.streamNotFound) return undefined
    throw error
  }
}

function differences(existing: StreamConfig, wanted: Wanted): string[] {
  const text = (value: unknown) => JSON.stringify(value ?? false)
  return (Object.keys(wanted) as (keyof Wanted)[]).filter((key) => text(existing[key]) !== text(wanted[key]))
}

function conflict(
  existing: StreamConfig,
  wanted: Wanted,
  fixed: readonly (typeof immutable)[number][],
): BusError {
  const what = fixed.map((key) => `${key} is ${existing[key]}, must be ${wanted[key]}`).join('; ')
  return new BusError(
    'conflict',
    `stream ${wanted.name} was made otherwise, and NATS cannot change that (${what}): ` +
      `back it up and remove it (nats stream rm ${wanted.name}), or set another NATS_SUBJECT_PREFIX`,
  )
}

function withName(error: unknown, name: string): BusError {
  return toBusError(error, `stream ${name}`)
}

function streamConfig(stream: StreamDefinition, replicas: number): Wanted {
  return {
    name: stream.name,
    description: stream.description,
    subjects: [...stream.subjects],
    retention: stream.retention === 'workqueue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: stream.discard === 'new' ? DiscardPolicy.New : DiscardPolicy.Old,
    max_age: nanos(stream.maxAgeMs),
    max_bytes: stream.maxBytes,
    max_msgs_per_subject: stream.maxMsgsPerSubject,
    duplicate_window: nanos(stream.duplicateWindowMs),
    num_replicas: replicas,
    allow_rollup_hdrs: false,
    deny_delete: false,
  }
}

/** As the KV layer itself makes a bucket, so that every client understands it. */
function bucketConfig(bucket: BucketDefinition, replicas: number): Wanted {
  const age = nanos(bucket.ttlMs)
  const twoMinutes = nanos(120_000)
  return {
    name: `KV_${bucket.name}`,
    description: bucket.description,
    subjects: [`$KV.${bucket.name}.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_age: age,
    max_bytes: -1,
    max_msgs_per_subject: bucket.history,
    duplicate_window: age > 0 && age < twoMinutes ? age : twoMinutes,
    num_replicas: replicas,
    allow_rollup_hdrs: true,
    deny_delete: false,
  }
}
