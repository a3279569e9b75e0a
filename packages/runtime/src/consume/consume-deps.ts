import type { StreamKey } from '@tocsin/contract'
import type { ServiceContext } from '../service/service-context.ts'
import type { DispositionLimits } from './decide-disposition.ts'
import type { Stages } from './stages.ts'

/** What a consumer needs of its service; the service's context is one. */
export type ConsumeDeps = Pick<
  ServiceContext,
  'name' | 'env' | 'bus' | 'log' | 'clock' | 'metrics' | 'lifecycle'
>

/** What every consumer says of itself. */
export interface ConsumeOptions {
  readonly stream: StreamKey
  /** Only messages on subjects that match; every one of the stream when left out. */
  readonly filterSubject?: string
  /** The visible list of what happens to a message. */
  readonly stages: Stages
}

export interface DurableOptions extends ConsumeOptions {
  /** The consumer's name in NATS; replicas of a service share it, and with it the work. */
  readonly durable: string
  /** Where a consumer that is new begins. */
  readonly deliverFrom?: 'all' | 'new' | 'last-per-subject'
  /** Messages handled at once. */
  readonly concurrency?: number
  /** How long the server waits for word of a message; word is sent while it is in hand. Milliseconds. */
  readonly ackWaitMs?: number
  /** A message that takes longer is taken for stuck and comes back later. Milliseconds. */
  readonly handlingTimeoutMs?: number
  readonly limits?: Partial<DispositionLimits>
  /** Aborts what is in hand, before the consumer is stopped. */
  readonly signal?: AbortSignal
}

export interface OrderedOptions extends ConsumeOptions {
  /** First sequence to read; the stream's oldest when left out. */
  readonly fromSequence?: number
  /** Whether this service keeps the dead letters of this stream; of several readers, exactly one should. */
  readonly deadLetters: boolean
  /**
   * No stage keeps any of a message's bytes, nor asks for its headers, after it has answered: what was read from the
   * server is then read over, which spares a busy reader most of its garbage.
   */
  readonly keepsNoBytes?: boolean
  /** Called once, when everything stored before the start has been handled. */
  readonly onCaughtUp?: () => void
  /** Called when the stream was made anew, so that sequences begin again. */
  readonly onRecreated?: () => void
}

/** A running consumer. It stops with its service; stop() ends it earlier. */
export interface Consumer {
  /** Takes no more messages, and waits for those in hand. */
  stop(): Promise<void>
}

export interface OrderedConsumer extends Consumer {
  /** Resolves when everything stored before the start has been handled. */
  readonly caughtUp: Promise<void>
  /** The last sequence handled; 0 before the first. */
  sequence(): number
}
