import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, isPortFree, probeHttp, spawnGuarded } from '@tocsin/servers'
import { CliError } from '../errors.ts'
import { describeExit, type LineSink, type Part } from './part.ts'

const SMTP_PORT = 1025
const WEB_PORT = 8025
const READY_MS = 20_000

const usualOrFree = async (port: number): Promise<number> => ((await isPortFree(port)) ? port : freePort())

/** The local inbox (maildev): takes every mail, shows it on a page, sends nothing on. */
export async function planInbox(
  env: NodeJS.ProcessEnv,
  onLine: LineSink,
): Promise<Part & { readonly smtpPort: number }> {
  const [smtpPort, webPort] = [await usualOrFree(SMTP_PORT), await usualOrFree(WEB_PORT)]
  const web = `http://localhost:${webPort}`
  const probe = `http://127.0.0.1:${webPort}/api/healthz`
  const program = fileURLToPath(new URL('./bin/maildev.js', import.meta.resolve('maildev')))
  const ports = ['--smtp', String(smtpPort), '--web', String(webPort)]

  return {
    name: 'inbox',
    kind: 'inbox',
    where: web,
    probe,
    note: `simulated: mail is caught here and goes nowhere else (SMTP ${smtpPort})`,
    smtpPort,
    async launch() {
      const child = await spawnGuarded({
        command: process.execPath,
        args: [program, ...ports, '--ip', '127.0.0.1', '--web-ip', '127.0.0.1', '--max-emails', '1000'],
        env,
        onLine: (line) => onLine('inbox', line),
      })
      const deadline = performance.now() + READY_MS
      while (!(await answers(probe))) {
        if (!child.running) {
          throw new CliError('start-failed', `the inbox did not start (${describeExit(await child.exited)})`)
        }
        if (performance.now() > deadline) {
          await child.stop(1000)
          throw new CliError('start-failed', `the inbox was not ready within ${READY_MS / 1000} s`)
        }
        await delay(50)
      }
      return child
    },
  }
}

const answers = (url: string): Promise<boolean> =>
  probeHttp(url).then(
    () => true,
    () => false,
  )
