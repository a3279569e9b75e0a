import { hash } from 'node:crypto'
import type { Bus } from '@tocsin/runtime'
import type { Repeats } from '../intake/repeats.ts'
import { storeBatches } from '../intake/store-batches.ts'
import type { Queue } from './create-queue.ts'
import type { Encoding } from './decode/open-body.ts'
import type { Share } from './http/in-hand.ts'
import type { KeptTranslations } from './kept-translations.ts'
import { OtlpError } from './otlp-error.ts'
import type { ExportResult, Signal, Translated, Translator } from './signal.ts'

export interface ReceiveExportDeps {
  readonly bus: Pick<Bus, 'publish' | 'subjects'>
  readonly translators: Readonly<Record<Signal, Translator>>
  readonly repeats: Repeats<ExportResult>
  readonly kept: KeptTranslations
  /** Translations are made in it. */
  readonly queue: Queue
  readonly now: () => number
  /** How large a message may be, in characters. */
  readonly maxLength: () => number
  /** What all messages of a request may come to, in characters. */
  readonly maxTotal: number
}

/** A request whose body is there. */
export interface SentExport {
  readonly signal: Signal
  readonly encoding: Encoding
  readonly body: Buffer
  readonly share: Share
}

/** How long a request may wait for NATS: its sender tries again, so it need not be long. Milliseconds. */
const DEADLINE_MS = 5000

/**
 * Translates one request and stores what it comes to. What is sent again counts once.
 * @throws {OtlpError} when nothing of it can be read; BusError when it cannot be stored
 */
export function receiveExport(
  deps: ReceiveExportDeps,
  { signal, encoding, body, share }: SentExport,
): Promise<{ readonly answer: ExportResult; readonly isRepeated: boolean }> {
  const key = `${signal}-${hash('sha256', body, 'base64url')}`
  return deps.repeats.once(key, async () => {
    const nowMs = deps.now()
    const onMessage = boundTotal(deps.maxTotal, share)
    const request = { id: key, nowMs, maxLength: deps.maxLength(), onMessage }
    const steps = () => deps.translators[signal].translate(body, encoding, request)
    const translated = deps.kept.get(key) ?? (await deps.queue(steps()))
    try {
      await store(deps.bus, translated)
    } catch (error) {
      deps.kept.keep(key, translated, nowMs)
      throw error
    }
    deps.kept.forget(key)
    translated.record()
    const { accepted, rejected, reason } = translated
    return { accepted, rejected, reason }
  })
}

/** A few bytes of a body may be labels of many: what is made of it has a bound as well. */
function boundTotal(maxTotal: number, share: Share): (length: number) => void {
  let total = 0
  return (length) => {
    total += length
    if (total > maxTotal)
      throw new OtlpError(
        'too_large',
        `what the body comes to with its labels is over ${maxTotal} characters: send less in a request`,
      )
    share.take(length)
  }
}

async function store(bus: ReceiveExportDeps['bus'], { batches, events }: Translated): Promise<void> {
  await Promise.all([
    ...batches.map(({ source, messages }) => storeBatches(bus, source, messages)),
    ...events.map((event) =>
      bus.publish(bus.subjects.spans(event.service), event, { msgId: event.id, deadlineMs: DEADLINE_MS }),
    ),
  ])
}
