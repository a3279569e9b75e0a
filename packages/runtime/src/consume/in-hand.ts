import type { Msg } from '@nats-io/transport-node'
import type { Clock } from '../clock.ts'
import type { Position } from './delivery.ts'

/** A message that is ours until it is settled. */
export interface Held {
  readonly position: Position
  /** The newest delivery of it, whose reply subject counts. */
  message: Msg
  readonly release: () => void
}

/** The messages that a consumer has taken and not yet settled. */
export interface InHand {
  /** Answers undefined for a message that is in hand, or was settled for good, already. */
  take(message: Msg, position: Position, release: () => void): Held | undefined
  /** Tells the server; `final` when it must not be handled again. */
  settle(held: Held, reply: string, final: boolean): void
  /** Forgets everything: the stream was made anew, and its sequences mean other messages. */
  forget(): void
  /** Resolves when nothing is in hand. */
  empty(): Promise<void>
  stop(): void
}

const REMEMBERED = 4096

/**
 * Keeps count of messages by sequence. Servers before 2.10 may deliver a message again that is in hand or has been
 * acknowledged (when another one comes back while no request waits): such a second delivery is not handled again.
 */
export function createInHand(clock: Clock, beatMs: number, connected: () => boolean): InHand {
  const held = new Map<number, Held>()
  const final = new Set<number>()
  let onEmpty: (() => void)[] = []
  let cancelBeat = () => {}

  /** Tells the server that what is in hand is not forgotten. */
  function beat(): void {
    if (connected()) for (const { message } of held.values()) message.respond('+WPI')
    cancelBeat = clock.setTimeout(beat, beatMs)
  }

  function remember(sequence: number): void {
    final.add(sequence)
    const oldest = final.keys().next()
    if (final.size > REMEMBERED && !oldest.done) final.delete(oldest.value)
  }

  function wakeIfEmpty(): void {
    if (held.size > 0) return
    const wake = onEmpty
    onEmpty = []
    for (const fn of wake) fn()
  }

  cancelBeat = clock.setTimeout(beat, beatMs)
  return {
    take(message, position, release) {
      const sequence = position.streamSequence
      const present = held.get(sequence)
      if (!present && !final.has(sequence)) {
        const taken: Held = { message, position, release }
        held.set(sequence, taken)
        return taken
      }
      if (present) present.message = message
      else message.respond('+ACK')
      release()
      return undefined
    },
    settle(item, reply, isFinal) {
      const sequence = item.position.streamSequence
      // Of a stream that is gone: its reply would settle another message.
      if (held.get(sequence) === item) {
        held.delete(sequence)
        if (isFinal) remember(sequence)
        item.message.respond(reply)
      }
      item.release()
      wakeIfEmpty()
    },
    forget() {
      held.clear()
      final.clear()
      wakeIfEmpty()
    },
    empty: () => (held.size === 0 ? Promise.resolve() : new Promise((resolve) => onEmpty.push(resolve))),
    stop: () => cancelBeat(),
  }
}
