import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { CliEnv } from '../env.ts'
import { CliError } from '../errors.ts'
import { homeFault, prepareHome } from './prepare-home.ts'
import { liveRun, logsFolder, type RunState, readRun } from './run-file.ts'

function openCrashLog(home: string): number {
  try {
    return openSync(join(logsFolder(home), 'supervisor.log'), 'w')
  } catch (error) {
    throw homeFault(home, error)
  }
}

/** Starts a supervisor that outlives this process, and waits until all is ready. Throws CliError with its reason when it fails. */
export async function startDetached(env: CliEnv): Promise<RunState> {
  prepareHome(env.home)
  const logs = logsFolder(env.home)
  const crash = openCrashLog(env.home)
  const main = join(import.meta.dirname, '..', 'main.ts')
  const supervisor = spawn(process.execPath, [main, 'up', '--supervisor'], {
    cwd: env.root,
    env: env.all,
    detached: true,
    stdio: ['ignore', crash, crash, 'ipc'],
  })
  let told: string | undefined
  supervisor.on('message', (message: { readonly reason: string }) => {
    told = message.reason
  })
  let ended = false
  // Not `exit`: what it told last is still to be read then.
  supervisor.once('close', () => {
    ended = true
  })
  const passOn = (signal: NodeJS.Signals) => void supervisor.kill(signal)
  process.once('SIGINT', passOn).once('SIGTERM', passOn)
  try {
    // No bound of its own: each part has one, and the supervisor ends when one of them is not met.
    for (;;) {
      const run = ended ? readRun(env.home) : liveRun(env.home)
      const ours = run?.pid === supervisor.pid ? run : undefined
      if (ours?.phase === 'ready') {
        supervisor.disconnect()
        supervisor.unref()
        return ours
      }
      if (ended) {
        const reason = ours?.message ?? told ?? `the supervisor ended without a word; see ${logs}`
        throw new CliError('start-failed', reason)
      }
      await delay(100)
    }
  } finally {
    process.off('SIGINT', passOn).off('SIGTERM', passOn)
  }
}
