import pc from 'picocolors'
import { play } from './demo/play.ts'
import { readArguments, USAGE } from './demo/read-arguments.ts'
import { runShop } from './demo/run-shop.ts'
import { createScreen } from './demo/show-progress.ts'
import { readAlerts } from './demo/watch-alerts.ts'
import { readEnv } from './env.ts'

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort())

async function demo(): Promise<void> {
  const asked = readArguments(process.argv.slice(2))
  if (asked === 'help') return console.log(USAGE)
  const { shopPort, evaluatorUrl } = readEnv()
  await readAlerts(evaluatorUrl).catch((cause) => {
    throw new Error('Tocsin is not running: start it in another terminal with `npm start`, then try again', {
      cause,
    })
  })
  const screen = createScreen()
  const shop = await runShop(shopPort, screen.say)
  try {
    screen.say(
      `${shop.found ? 'found' : 'started'} the shop at ${shop.url}; about ${asked.rate} requests a second`,
    )
    screen.say(
      `alerts: ${evaluatorUrl}/api/v1/alerts   inbox: http://localhost:8025   ${pc.dim('Ctrl-C ends')}`,
    )
    await play(asked, { shop, evaluatorUrl, screen, signal: interrupted.signal })
    if (asked.breakForMs !== undefined && !interrupted.signal.aborted)
      screen.say('the alert fired and resolved; the inbox has both messages: http://localhost:8025')
  } finally {
    screen.end()
    await shop.stop()
  }
}

try {
  await demo()
} catch (error) {
  console.error(`demo: ${(error as Error).message}`)
  process.exitCode = 1
}
