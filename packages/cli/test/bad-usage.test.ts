import { failOnLeaks, type Server, type ServiceUnderTest, startNats, startService } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from './run-cli.ts'

failOnLeaks({ beforeAll, afterAll })

let nats: Server
let notifier: ServiceUnderTest
beforeAll(async () => {
  nats = await startNats()
  notifier = await startService('notifier', { NATS_URL: nats.url }, { readyTimeoutMs: 45_000 })
}, 120_000)
afterAll(async () => {
  await notifier?.stop()
  await nats?.stop()
})

async function run(args: readonly string[], url: string) {
  const { process, text } = await runCli([...args, '--url', url], { NO_COLOR: '1' })
  return { code: (await process.exited).code, text: text() }
}

const NUMBER = 'expected its number, as `tocsin dead-letters list` shows it'
const DATE = 'give a date such as 2026-01-31T09:30:00Z'
const SPAN = `${DATE}, Unix seconds, or how long ago, such as 10m`
const PREVIEW = ['notify', 'preview', '--label', 'alertname=A']

// Nobody listens there: what is wrong is found out without an answer.
test.each([
  [['deliveries', '--outcome', 'foo'], '--outcome foo: there are delivered, failed, suppressed, dead'],
  [['deliveries', '--severity', 'foo'], '--severity foo: there are low, medium, high, critical'],
  [['deliveries', '-n', 'abc'], '--limit abc: expected a whole number from 1 to 1000'],
  [['deliveries', '--alert', 'A', '-n', '0'], '--limit 0: expected a whole number from 1 to 1000'],
  [['deliveries', '--since', 'foo'], `--since foo is no time: ${SPAN}`],
  [['dead-letters', 'list', '--until', 'foo'], `--until foo is no time: ${SPAN}`],
  [['dead-letters', 'list', '-n', '1001'], '--limit 1001: expected a whole number from 1 to 1000'],
  [['dead-letters', 'show', 'abc'], `abc is no dead letter: ${NUMBER}`],
  [['dead-letters', 'replay', '1', '1.5'], `1.5 is no dead letter: ${NUMBER}`],
  [['dead-letters', 'replay', '--since', 'foo'], `--since foo is no time: ${SPAN}`],
  [
    ['silences', 'add', 'A', '-c', 'x', '-d', 'foo'],
    '--duration foo is no duration: give one such as 30m, 2h or 1d',
  ],
  [['silences', 'add', 'A', '-c', 'x', '--end', 'foo'], `--end foo is no time: ${DATE}`],
  [['ack', 'abc', '--until', 'foo'], `--until foo is no time: ${DATE}`],
  [[...PREVIEW, '--start', 'foo'], `--start foo is no time: ${DATE}`],
  [[...PREVIEW, '--end', 'foo'], `--end foo is no time: ${DATE}`],
])('%j ends with 2, and says what is expected', async (args, said) => {
  expect(await run(args, 'http://127.0.0.1:9')).toEqual({ code: 2, text: `tocsin: ${said}` })
})

test('what only the notifier can judge ends with 2 as well, and what is not there with 1', async () => {
  const refused = await run(['silences', 'add', 'a=~(', '-c', 'x'], notifier.url)
  expect(refused).toEqual({ code: 2, text: expect.stringContaining('missing closing') })
  const gone = await run(['dead-letters', 'show', '7'], notifier.url)
  expect(gone).toEqual({ code: 1, text: expect.stringContaining('there has never been a dead letter 7') })
})

test('a date without a zone is local time for a preview too', async () => {
  expect((await run([...PREVIEW, '--start', '2026-01-31T09:30'], notifier.url)).code).toBe(0)
})
