import type { OutboxEvent } from '@tocsin/contract'
import { systemClock } from '@tocsin/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attemptSend } from '../src/delivery/attempt-send.ts'
import type { Channel, SendOutcome } from '../src/delivery/channel.ts'
import { alertsNotification, digestNotification, messageNotification } from './samples/events.ts'
import { hostileAlerts, manyAlerts } from './samples/hostile.ts'

/** What every kind of receiver may do. */
export type Answer = 'take' | 'refuse for good' | 'refuse for now' | 'fail' | 'hang' | 'reset'

/** The far end of a channel: a real server that refuses what the service would refuse, and can be told how to answer. */
export interface FarEnd {
  readonly channel: Channel
  /** What must not be told to anyone; refusals of this server repeat it. */
  readonly secrets: readonly string[]
  /** How many notifications it has taken. */
  taken(): number
  /** By what the service knows the same notification again, of each attempt. */
  keys(): readonly string[]
  /** By what the service joins an end with its alert, of each attempt; none where it has no such thing. */
  threads(): readonly string[]
  answer(how: Answer): void
  stop(): Promise<void>
}

export interface Conformance {
  readonly name: string
  start(): Promise<FarEnd>
  /** Low-cardinality reasons that each refusal must be told by. */
  readonly reasons: Readonly<Record<'refuse for good' | 'refuse for now' | 'fail', string>>
  /** How long it asks us to wait, in ms, when it refuses for now; undefined where it cannot say. */
  readonly waitMs: number | undefined
}

const TIMEOUT_MS = 400
const PATIENT_MS = 20_000

/** What every channel must do, whatever it speaks. */
export function channelConformance({ name, start, reasons, waitMs }: Conformance): void {
  describe(`the ${name} channel`, () => {
    let end: FarEnd
    beforeEach(async () => {
      end = await start()
    })
    afterEach(async () => {
      end.channel.close()
      await end.stop()
    })

    const attempt = (event: OutboxEvent, timeoutMs: number): Promise<SendOutcome> =>
      attemptSend(end.channel, event, { clock: systemClock, timeoutMs })
    const send = (event: OutboxEvent = alertsNotification(name)) => attempt(event, PATIENT_MS)

    it.each([
      ['alerts that fire', alertsNotification(name)],
      ['alerts that ended', alertsNotification(name, { status: 'resolved' })],
      ['a message', messageNotification(name)],
      ['a message with nothing but a title', messageNotification(name, { message: '', metadata: {} })],
      ['a digest', digestNotification(name)],
      ['labels and annotations that mean harm', hostileAlerts(name)],
      ['a thousand alerts in one group, within the limits of the service', manyAlerts(name, 1000)],
    ])('delivers %s', async (_what, event) => {
      expect(await send(event)).toMatchObject({ result: 'delivered', reason: 'ok' })
      expect(end.taken()).toBe(1)
    })

    it('gives up what is refused for good', async () => {
      end.answer('refuse for good')
      expect(await send()).toMatchObject({ result: 'refused', reason: reasons['refuse for good'] })
    })

    it('tries again what is refused for now, not before the time that is asked for', async () => {
      end.answer('refuse for now')
      const outcome = await send()
      expect(outcome).toMatchObject({ result: 'retry', reason: reasons['refuse for now'] })
      expect('retryAfterMs' in outcome ? outcome.retryAfterMs : undefined).toBe(waitMs)
    })

    it('tries again when the receiver fails', async () => {
      end.answer('fail')
      expect(await send()).toMatchObject({ result: 'retry', reason: reasons.fail })
    })

    it('cuts off a receiver that hangs, and delivers once it is well', async () => {
      end.answer('hang')
      expect(await attempt(alertsNotification(name), TIMEOUT_MS)).toMatchObject({
        result: 'retry',
        reason: 'timeout',
      })
      end.answer('take')
      expect(await send()).toMatchObject({ result: 'delivered' })
    })

    it('tries again when the connection is reset, and delivers once it is well', async () => {
      end.answer('reset')
      expect(await send()).toMatchObject({ result: 'retry', reason: 'connection_reset' })
      end.answer('take')
      expect(await send()).toMatchObject({ result: 'delivered' })
    })

    it('tries again when nobody listens', async () => {
      await end.stop()
      expect(await send()).toMatchObject({ result: 'retry', reason: 'connection_refused' })
    })

    it('ends when it is told to stop', async () => {
      end.answer('hang')
      const stopping = new AbortController()
      const sending = end.channel.send(alertsNotification(name), { signal: stopping.signal })
      await expect.poll(() => end.keys().length, { timeout: PATIENT_MS }).toBe(1)
      stopping.abort()
      expect(await sending).toMatchObject({ result: 'retry' })
      expect(end.taken()).toBe(0)
    })

    it('says nothing of its secrets, even where the receiver repeats them', async () => {
      end.answer('refuse for good')
      const { detail = '' } = await send()
      expect(detail).toContain('***')
      for (const secret of end.secrets) expect(detail).not.toContain(secret)
      const preview = JSON.stringify(await end.channel.preview?.(alertsNotification(name)))
      for (const secret of end.secrets) expect(preview).not.toContain(secret)
    })

    it('is known by one key in every attempt at one notification, and by another at the next', async () => {
      end.answer('fail')
      const event = alertsNotification(name)
      await send(event)
      end.answer('take')
      await send(event)
      await send(alertsNotification(name))
      const [first, again, other] = end.keys()
      expect(first).toBeTruthy()
      expect(again).toBe(first)
      expect(other).not.toBe(first)
    })

    it('joins an end with its alert, where the service has a way to', async () => {
      const groupKey = '{}/critical:{alertname="One"}'
      await send(alertsNotification(name, { groupKey }))
      await send(alertsNotification(name, { groupKey, status: 'resolved' }))
      await send(alertsNotification(name, { groupKey: '{}/critical:{alertname="Another"}' }))
      const [alert, resolve, other] = end.threads()
      expect(resolve).toBe(alert)
      if (alert !== undefined) expect(other).not.toBe(alert)
    })
  })
}
