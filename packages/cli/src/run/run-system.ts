import { setTimeout as delay } from 'node:timers/promises'
import { processBirth, ServerError } from '@tocsin/servers'
import pc from 'picocolors'
import type { CliEnv } from '../env.ts'
import { CliError } from '../errors.ts'
import { whyNotReady } from '../system/probe-part.ts'
import { createSystem } from '../system/start-system.ts'
import { describeRun, makeHints } from './describe-run.ts'
import type { Output } from './output.ts'
import { homeFault } from './prepare-home.ts'
import { recordRun } from './record-run.ts'
import { type Claim, claimRun, lingering, type RunState, releaseRun } from './run-file.ts'
import { onStopSignals } from './stop-signals.ts'

const LONGEST_STOP_MS = 45_000
const LONGEST_LINGER_MS = 15_000

interface End {
  readonly code: number
  /** Why, when it is not the user's wish. */
  readonly message?: string
}

const explain = (error: unknown): string => {
  if (error instanceof CliError || error instanceof ServerError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** The processes of a run that was killed end by themselves; until then, its data and ports are in use. */
async function untilGone(previous: RunState | undefined, say: (line: string) => void): Promise<void> {
  const deadline = performance.now() + LONGEST_LINGER_MS
  for (let told = false; previous && lingering(previous).length > 0; told = true) {
    if (!told) say('waiting for what is left of the last run to end …')
    if (performance.now() > deadline) {
      const left = lingering(previous).map(({ name, pid }) => `${name} (pid ${pid})`)
      throw new CliError('start-failed', `the last run left ${left.join(', ')}: end them and try again`)
    }
    await delay(100)
  }
}

/** @throws {CliError} `already-running`, `start-failed` */
function claimHome(home: string, run: RunState): Extract<Claim, { taken: true }> {
  let claim: Claim
  try {
    claim = claimRun(home, run)
  } catch (error) {
    throw homeFault(home, error)
  }
  if (claim.taken) return claim
  throw new CliError('already-running', 'Tocsin already runs: `npm run status` shows it, `npm stop` stops it')
}

/** Runs everything until a signal or a fault ends it. Resolves with the exit code; throws CliError `already-running`, `start-failed`. */
export async function runSystem(env: CliEnv, output: Output, detached: boolean): Promise<number> {
  const { home } = env
  const end = Promise.withResolvers<End>()
  const first: RunState = {
    pid: process.pid,
    birth: processBirth(process.pid) ?? '',
    startedAt: new Date().toISOString(),
    detached,
    phase: 'starting',
    hints: [],
    parts: [],
  }
  const { previous } = claimHome(home, first)
  const record = recordRun(home, first, output.say)
  const system = createSystem(env, {
    say: output.say,
    onLine: output.part,
    onChange: () => void record.update({ parts: system.parts() }),
    onGiveUp: (reason) => end.resolve({ code: 1, message: `${reason}: giving up` }),
  })
  const releaseSignals = onStopSignals({
    stop: (signal) => {
      output.say(`${signal}: stopping everything …${signal === 'SIGINT' ? ' (Ctrl-C again to force)' : ''}`)
      end.resolve({ code: 0 })
    },
    force: () => {
      system.kill()
      releaseRun(home, process.pid)
      process.exit(130)
    },
  })

  const begin = async () => {
    await untilGone(previous, output.say)
    await system.start()
    const parts = system.parts()
    const health = parts.find(({ name }) => name === 'health')
    const amiss = health && (await whyNotReady(health.probe, env.all))
    const hints = makeHints(env, parts, system.mail, amiss)
    const fault = record.update({ phase: 'ready', parts, hints })
    // Nobody would learn that it is ready, and where its processes are.
    if (fault) throw fault
    output.show(describeRun(record.run, pc))
  }
  begin().catch((error: unknown) => end.resolve({ code: 1, message: explain(error) }))

  const { code, message } = await end.promise
  record.update({ phase: 'stopping' })
  if (message) output.fail(message)
  const force = setTimeout(() => system.kill(), LONGEST_STOP_MS)
  await system.stop()
  clearTimeout(force)
  releaseSignals()
  record.close()
  // What failed stays on record, for who started it in the background and for `status`.
  if (message) record.update({ phase: 'failed', message, parts: [] })
  else releaseRun(home, process.pid)
  output.say(message ? 'everything that was started has been stopped' : 'stopped')
  return code
}
