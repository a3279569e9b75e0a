import pc from 'picocolors'
import type { CliCommand } from '../command.ts'
import { type CliEnv, readEnv } from '../env.ts'
import { formatTable } from '../output/table.ts'
import { liveRun, type PartState, readRun } from '../run/run-file.ts'
import { type Condition, conditionOf } from '../system/probe-part.ts'

const NOT_RUNNING = 3

async function conditionOfPart(part: PartState, env: CliEnv): Promise<Condition> {
  const variable = part.probe.startsWith('env:') ? part.probe.slice('env:'.length) : undefined
  const url = variable === undefined ? part.probe : env.all[variable]
  if (url === undefined) return { state: 'not ready', reasons: `${variable} is no longer set` }
  return conditionOf(url, env)
}

function describe(condition: Condition): string {
  if (condition.state === 'ready') return pc.green('ready')
  const paint = condition.state === 'degraded' ? pc.yellow : pc.red
  return paint(`${condition.state}: ${condition.reasons}`)
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
  const parts = await Promise.all(
    run.parts.map(async (part) => ({ ...part, condition: await conditionOfPart(part, env) })),
  )
  const rows = parts.map(({ name, pid, restarts, where, condition }) => {
    return [name, pid === undefined ? '-' : String(pid), String(restarts), describe(condition), where]
  })
  const mode = run.detached ? 'in the background' : 'in a terminal'
  console.log(
    `Tocsin is ${run.phase === 'ready' ? 'running' : run.phase} ${mode}, pid ${run.pid}, since ${run.startedAt}.\n`,
  )
  console.log(formatTable(['what', 'pid', 'restarts', 'state', 'where'], rows))
  return run.phase === 'ready' && parts.every(({ condition }) => condition.state !== 'not ready') ? 0 : 1
}

/** `tocsin status`: exit code 0 when all is ready, if degraded, 1 when something is not, 3 when nothing runs. */
export const statusCommand: CliCommand = {
  register(program, exitWith) {
    program
      .command('status')
      .description('show what runs: exit code 0 when all is ready, 1 when not, 3 when Tocsin does not run')
      .action(async () => exitWith(await showStatus()))
  },
}
