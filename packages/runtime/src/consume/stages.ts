import type { z } from 'zod'
import { CodedError } from '../coded-error.ts'
import type { Delivery } from './delivery.ts'

/**
 * One step of a message's way. It answers what the next stage gets; {@link done} ends the way early;
 * throwing {@link RefusedError} refuses the message for good; a `retryable` error brings it back later.
 */
export type Stage<In, Out> = (value: In, delivery: Delivery) => Out | Done | Promise<Out | Done>

/** The message needs nothing more: acknowledged, and counted under this reason. */
export class Done {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/** Ends a message's way: acknowledged, counted as `reason`. @example return done('duplicate') */
export function done(reason: string): Done {
  return new Done(reason)
}

/** Refuses a message for good: it becomes a dead letter with this reason, and is never delivered again. */
export class RefusedError extends CodedError {
  readonly body: Uint8Array | string | undefined

  constructor(reason: string, detail: string, options: { cause?: unknown; body?: Uint8Array | string } = {}) {
    super(reason, detail, options)
    this.body = options.body
  }
}

/** Stages in order, made by {@link pipeline}. */
export type Stages = readonly Stage<never, unknown>[]

/** The visible list of stages; each gets what the one before it answered, the first one the raw bytes. */
export function pipeline<A>(a: Stage<Uint8Array, A>): Stages
export function pipeline<A, B>(a: Stage<Uint8Array, A>, b: Stage<A, B>): Stages
export function pipeline<A, B, C>(a: Stage<Uint8Array, A>, b: Stage<A, B>, c: Stage<B, C>): Stages
export function pipeline<A, B, C, D>(
  a: Stage<Uint8Array, A>,
  b: Stage<A, B>,
  c: Stage<B, C>,
  d: Stage<C, D>,
): Stages
export function pipeline<A, B, C, D, E>(
  a: Stage<Uint8Array, A>,
  b: Stage<A, B>,
  c: Stage<B, C>,
  d: Stage<C, D>,
  e: Stage<D, E>,
): Stages
export function pipeline<A, B, C, D, E, F>(
  a: Stage<Uint8Array, A>,
  b: Stage<A, B>,
  c: Stage<B, C>,
  d: Stage<C, D>,
  e: Stage<D, E>,
  f: Stage<E, F>,
): Stages
export function pipeline(...stages: Stage<never, unknown>[]): Stages {
  return stages
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Bytes to JSON. Refuses `invalid_utf8` and `invalid_json`. */
export const decodeJson: Stage<Uint8Array, unknown> = (bytes) => {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch (cause) {
    throw new RefusedError('invalid_utf8', 'the message is not UTF-8 text', { cause })
  }
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : ''
    throw new RefusedError('invalid_json', `the message is not JSON: ${what}`.slice(0, 300), { cause })
  }
}

/** JSON to a typed value. Refuses `invalid_schema`, naming the first faults by path. */
export function parseWith<Schema extends z.ZodType>(schema: Schema): Stage<unknown, z.infer<Schema>> {
  return (json) => {
    const result = schema.safeParse(json)
    if (result.success) return result.data
    const faults = result.error.issues
      .slice(0, 5)
      .map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`)
    throw new RefusedError('invalid_schema', faults.join('; ').slice(0, 1000), { cause: result.error })
  }
}
