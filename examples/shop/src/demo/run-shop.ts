import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inheritedEnv } from '../env.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const START_MS = 15_000
const STOP_MS = 8000

export interface DrivenShop {
  readonly url: string
  /** Whether it ran before we came. */
  readonly found: boolean
  /** Rejects if a shop that we started ends by itself. */
  readonly died: Promise<never>
  /** Stops it, if we started it. */
  stop(): Promise<void>
}

type Presence = 'shop' | 'other' | 'nobody'

/** Who listens: our shop says so at /health. */
async function lookAt(url: string): Promise<Presence> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) })
    const { service } = Object(await response.json().catch(() => ({})))
    return service === 'shop' ? 'shop' : 'other'
  } catch {
    return 'nobody'
  }
}

/** The shop that runs already, or else one of our own, as a process of its own. */
export async function runShop(port: number, say: (line: string) => void): Promise<DrivenShop> {
  const url = `http://127.0.0.1:${port}`
  const presence = await lookAt(url)
  if (presence === 'other')
    throw new Error(`port ${port} is taken by another program: set SHOP_PORT to a free one`)
  if (presence === 'shop')
    return { url, found: true, died: new Promise<never>(() => {}), stop: async () => {} }

  const child = spawn(process.execPath, [MAIN], {
    env: { ...inheritedEnv(), SHOP_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C reaches us alone: we stop the shop once the traffic has ended.
    detached: true,
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => say(text.trimEnd()))
  let stopping = false
  const died = once(child, 'exit').then(([code]) => {
    if (stopping) return new Promise<never>(() => {})
    throw new Error(`the shop ended by itself, with code ${code}`)
  })
  died.catch(() => {})
  const stop = async () => {
    stopping = true
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await exited
    clearTimeout(timer)
  }
  try {
    await Promise.race([untilOpen(url), died])
  } catch (error) {
    await stop()
    throw error
  }
  return { url, found: false, died, stop }
}

async function untilOpen(url: string): Promise<void> {
  for (const deadline = performance.now() + START_MS; ; await delay(50)) {
    if ((await lookAt(url)) === 'shop') return
    if (performance.now() > deadline)
      throw new Error(`the shop did not open at ${url} within ${START_MS / 1000} s`)
  }
}
