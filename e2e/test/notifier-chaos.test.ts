import { failOnLeaks } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runChaos } from '../chaos/notifier/run-chaos.ts'

failOnLeaks({ beforeAll, afterAll })

const KILLS = 10

it('loses, doubles and disorders nothing, whatever stage a notification has reached when the notifier is killed', async () => {
  const { kills, notifications, repeated, ...judged } = await runChaos(KILLS)
  expect(judged).toMatchObject({
    lost: [],
    doubled: [],
    unexcused: [],
    disordered: [],
    lettersWrong: [],
    notLogged: [],
  })
  expect(Object.values(kills).reduce((sum, count) => sum + count, 0)).toBe(KILLS)
  console.info(`${KILLS} kills, ${notifications} notifications, ${repeated} taken once more`)
}, 600_000)
