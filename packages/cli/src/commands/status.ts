import pc from 'picocolors'
import type { CliCommand } from '../command.ts'
import { type CliEnv, readEnv } from '../env.ts'
import { formatTable } from '../output/table.ts'
import { liveRun, type PartState, readRun } from '../run/run-file.ts'
import { whyNotReady } from '../system/probe-part.ts'

const NOT_RUNNING = 3

async function troubleOf(part: PartState, env: CliEnv): Promise<string | undefined> {
  const url = part.probe.startsWith('env:') ? env.all[part.probe.slice('env:'.length)] : part.probe
  if (url === undefined) return `${part.probe.slice('env:'.length)} is no longer set`
  return whyNotReady(url, env)
}

async function showStatus(): Promise<number> {
  const env = readEnv()
  const run = liveRun(env.home)
  if (!run) {
    const last = readRun(env.home)
    const reason = last?.phase === 'failed' ? ` The last start failed: ${last.message}` : ''
    console.log(`Tocsin is not running.${reason}`)
    return NOT_RUNNING
  }
  const troubles = await Promise.all(run.parts.map((part) => troubleOf(part, env)))
  const rows = run.parts.map(({ name, pid, restarts, where }, index) => {
    const trouble = troubles[index]
    const state = trouble === undefined ? pc.green('ready') : pc.red(`not ready: ${trouble}`)
    return [name, pid === undefined ? '-' : String(pid), String(restarts), state, where]
  })
  const mode = run.detached ? 'in the background' : 'in a terminal'
  console.log(
    `Tocsin is ${run.phase === 'ready' ? 'running' : run.phase} ${mode}, pid ${run.pid}, since ${run.startedAt}.\n`,
  )
  console.log(formatTable(['what', 'pid', 'restarts', 'state', 'where'], rows))
  return run.phase === 'ready' && troubles.every((trouble) => trouble === undefined) ? 0 : 1
}

/** `tocsin status`: exit code 0 when all is ready, 1 when something is not, 3 when nothing runs. */
export const statusCommand: CliCommand = {
  register(program, exitWith) {
    program
      .command('status')
      .description('show what runs: exit code 0 when all is ready, 1 when not, 3 when Tocsin does not run')
      .action(async () => exitWith(await showStatus()))
  },
}
