import { failOnLeaks, type ServiceUnderTest, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { inSeconds, type PostingWorld, postAlerts, startPostingWorld } from './posting-world.ts'

failOnLeaks({ beforeAll, afterAll })
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })

let world: PostingWorld
let service: ServiceUnderTest
beforeAll(async () => {
  world = await startPostingWorld('5m')
  service = await world.start()
})
afterAll(() => world.stop())

it('an end that was given holds over a crash', async () => {
  const [brief, refreshed] = [{ alertname: 'BriefEnd' }, { alertname: 'RefreshedEnd' }]
  const startsAt = inSeconds(0)
  const endsAt = inSeconds(25)
  await postAlerts(service.url, [
    { labels: brief, startsAt, endsAt },
    { labels: refreshed, startsAt, endsAt },
  ])
  await waitFor(() => world.told('BriefEnd').length > 0 && world.told('RefreshedEnd').length > 0)
  // Taken in order, so once the last of these is told the first is known.
  await postAlerts(service.url, [{ labels: refreshed, startsAt, endsAt: inSeconds(600) }])
  await postAlerts(service.url, [{ labels: { alertname: 'Behind' }, endsAt: inSeconds(600) }])
  await waitFor(() => world.told('Behind').length > 0)
  await service.kill()
  service = await world.start()
  const ended = () => world.told('BriefEnd').filter(({ status }) => status === 'resolved')
  await waitFor(() => ended().length > 0, { timeoutMs: 60_000 })
  expect(ended()[0]?.alerts).toMatchObject([{ startsAt, endsAt }])
  expect(world.told('RefreshedEnd').map(({ status }) => status)).not.toContain('resolved')
})
