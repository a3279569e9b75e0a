import type { OutboxEvent } from '@tocsin/contract'
import { createLog, createMetrics, type Delivery } from '@tocsin/runtime'
import { testClock } from '@tocsin/testkit'
import { expect, it } from 'vitest'
import { messageNotification } from '../../test/samples/events.ts'
import { createNotifierMetrics } from '../metrics.ts'
import type { Notification } from '../outbox/publish-outbox.ts'
import type { DigestStore } from './digest-store.ts'
import { createDigester } from './digester.ts'
import { createHeldGroups } from './held-groups.ts'

/** As Redis keeps them, of one book. */
function storeInMemory(): DigestStore {
  const messages = new Map<string, readonly never[]>()
  const sent = new Set<string>()
  return {
    add(_book, id, entries) {
      if (sent.has(id)) return Promise.resolve('sent')
      messages.set(id, entries as readonly never[])
      return Promise.resolve('waiting')
    },
    take: (_book, id) => Promise.resolve(messages.size > 0 ? { id, messages: new Map(messages) } : undefined),
    unfinished: () => Promise.resolve(undefined),
    finish() {
      for (const id of messages.keys()) sent.add(id)
      messages.clear()
      return Promise.resolve()
    },
  }
}

it('acknowledges a message that JetStream has stored twice both times, and tells it once', async () => {
  const clock = testClock()
  const stopping = new AbortController()
  const told: Notification[] = []
  const digest = { name: 'digest', cron: undefined, timeZone: 'UTC', everyMs: 900_000, most: undefined }
  const digester = createDigester({
    store: storeInMemory(),
    bookOf: () => ({ digest, receiver: 'default', heldFor: undefined }),
    queuesOf: () => ['webhook'],
    optionsOf: () => digest,
    groups: createHeldGroups(),
    publish(notification) {
      told.push(notification)
      return Promise.resolve()
    },
    clock,
    log: createLog({ service: 'notifier', version: 'test', level: 'silent' }),
    metrics: createNotifierMetrics(createMetrics('notifier', 'test')),
    mayAct: () => true,
    signal: stopping.signal,
  })
  const event: OutboxEvent = messageNotification('digest')
  const delivery = { timeMs: clock.now(), signal: stopping.signal } as Delivery
  const both = Promise.all([digester.collect(event, delivery), digester.collect(event, delivery)])
  await clock.advance(900_000)
  expect(await both).toMatchObject([{ reason: 'digested' }, { reason: 'digested' }])
  expect(told).toMatchObject([{ kind: 'digest', entries: [{ title: 'Deployment Complete' }] }])
  stopping.abort()
  digester.stop()
})
