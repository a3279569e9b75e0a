import { failOnLeaks, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLog } from '../src/mod.ts'
import { keepLines, startBare } from './bare-service.ts'

failOnLeaks({ beforeAll, afterAll })

const authorization = `authorization { users: [
  { user: maker, password: p1 }
  { user: looker, password: p2, permissions: { publish: "$JS.API.STREAM.INFO.*", subscribe: "_INBOX_looker.>" } }
] }`

it('a service that may not make streams waits, reading answers in its own inbox, until one that may has made them', async () => {
  const nats = await startNats({ user: 'maker', pass: 'p1', authorization })
  const { lines, destination } = keepLines()
  const log = createLog({ service: 'looker', version: '1', level: 'info', destination })
  const looker = { NATS_USER: 'looker', NATS_PASS: 'p2', NATS_INBOX_PREFIX: '_INBOX_looker' }
  const looking = startBare(nats.url, looker, { name: 'looker', log })
  await waitFor(() =>
    lines.some(({ msg }) => /STREAM\.CREATE.*waiting for a service that may/.test(String(msg))),
  )
  const making = await startBare(nats.url, { NATS_USER: 'maker', NATS_PASS: 'p1' })
  const { ctx, service } = await looking
  expect((await ctx.bus.jsm.streams.info('METRICS')).config.name).toBe('METRICS')
  await Promise.all([service.stop(), making.service.stop()])
  await nats.stop()
})
