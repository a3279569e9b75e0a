import { systemClock } from '@tocsin/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attemptSend } from '../src/delivery/attempt-send.ts'
import type { Channel, SendOutcome } from '../src/delivery/channel.ts'
import { alertsNotification, digestNotification, messageNotification } from './samples/events.ts'

/** The far end of a channel, as a suite needs it: a real server that can be told how to answer. */
export interface FarEnd {
  readonly channel: Channel
  /** How many notifications it has taken. */
  taken(): number
  answer(how: Answer): void
  stop(): Promise<void>
}

/** What every kind of receiver may do. */
export type Answer = 'take' | 'refuse for good' | 'refuse for now' | 'fail' | 'hang'

export interface Conformance {
  readonly name: string
  start(): Promise<FarEnd>
  /** Low-cardinality reasons that each refusal must be told by. */
  readonly reasons: Readonly<Record<'refuse for good' | 'refuse for now' | 'fail', string>>
}

const TIMEOUT_MS = 400

/** What every channel must do, whatever it speaks. */
export function channelConformance({ name, start, reasons }: Conformance): void {
  describe(`the ${name} channel`, () => {
    let end: FarEnd
    beforeEach(async () => {
      end = await start()
    })
    afterEach(async () => {
      end.channel.close()
      await end.stop()
    })

    const send = (event = alertsNotification(name)): Promise<SendOutcome> =>
      attemptSend(end.channel, event, { clock: systemClock, timeoutMs: TIMEOUT_MS })

    it.each([
      ['alerts that fire', alertsNotification(name)],
      ['alerts that ended', alertsNotification(name, { status: 'resolved' })],
      ['a message', messageNotification(name)],
      ['a digest', digestNotification(name)],
    ])('delivers %s', async (_what, event) => {
      expect(await attemptSend(end.channel, event, { clock: systemClock, timeoutMs: 5000 })).toMatchObject({
        result: 'delivered',
        reason: 'ok',
      })
      expect(end.taken()).toBe(1)
    })

    it('gives up what is refused for good', async () => {
      end.answer('refuse for good')
      expect(await send()).toMatchObject({ result: 'refused', reason: reasons['refuse for good'] })
    })

    it('tries again what is refused for now', async () => {
      end.answer('refuse for now')
      expect(await send()).toMatchObject({ result: 'retry', reason: reasons['refuse for now'] })
    })

    it('tries again when the receiver fails', async () => {
      end.answer('fail')
      expect(await send()).toMatchObject({ result: 'retry', reason: reasons.fail })
    })

    it('cuts off a receiver that hangs, and delivers once it is well', async () => {
      end.answer('hang')
      expect(await send()).toMatchObject({ result: 'retry', reason: 'timeout' })
      end.answer('take')
      expect(
        await attemptSend(end.channel, alertsNotification(name), { clock: systemClock, timeoutMs: 5000 }),
      ).toMatchObject({ result: 'delivered' })
    })

    it('tries again when nobody listens', async () => {
      await end.stop()
      expect(await send()).toMatchObject({ result: 'retry', reason: 'connection_refused' })
    })

    it('says nothing of its secrets', async () => {
      end.answer('refuse for good')
      const { detail = '' } = await send()
      for (const secret of end.channel.secrets) expect(detail).not.toContain(secret)
    })
  })
}
