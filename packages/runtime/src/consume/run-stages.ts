import type { Delivery } from './delivery.ts'
import { Done, RefusedError, type Stages } from './stages.ts'

/** How a message's way ended. */
export type Outcome = { readonly done: string } | { readonly error: unknown }

/**
 * Runs the stages one after the other. Stays synchronous as long as every stage is, so that a fast reader
 * pays for no promise. Never throws or rejects.
 */
export function runStages(stages: Stages, delivery: Delivery, maxBytes: number): Outcome | Promise<Outcome> {
  const { byteLength } = delivery.data
  if (byteLength > maxBytes)
    return {
      error: new RefusedError('too_large', `${byteLength} bytes, at most ${maxBytes} (MAX_EVENT_BYTES)`),
    }
  return runFrom(stages, 0, delivery.data, delivery)
}

function runFrom(
  stages: Stages,
  from: number,
  first: unknown,
  delivery: Delivery,
): Outcome | Promise<Outcome> {
  let value = first
  try {
    for (let at = from; at < stages.length; at++) {
      // pipeline() has checked that each stage takes what the one before it answers.
      const stage = stages[at] as (value: unknown, delivery: Delivery) => unknown
      value = stage(value, delivery)
      if (value instanceof Promise)
        return value.then(
          (next: unknown) =>
            next instanceof Done ? { done: next.reason } : runFrom(stages, at + 1, next, delivery),
          (error: unknown) => ({ error }),
        )
      if (value instanceof Done) return { done: value.reason }
    }
    return { done: 'ok' }
  } catch (error) {
    return { error }
  }
}
