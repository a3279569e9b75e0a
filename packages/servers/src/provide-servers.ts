import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { findDocker } from './docker.ts'
import { ServerError } from './errors.ts'
import { findProgram, findServer } from './find-program.ts'
import { missingServer, type ServerLocation } from './locate-server.ts'
import { type InstallStep, type Machine, planInstall } from './plan-install.ts'
import type { ServerName } from './programs.ts'

const run = promisify(execFile)
const INSTALL_TIMEOUT_MS = 10 * 60_000

/** Runs a step; its output is shown only when it fails, as the error's cause. */
export type StepRunner = (step: InstallStep) => Promise<void>

const runStep: StepRunner = async ({ what, command, args }) => {
  try {
    await run(command, [...args], { timeout: INSTALL_TIMEOUT_MS, maxBuffer: 64 << 20 })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n  ')
    throw new ServerError('install-failed', `${what} failed:\n  ${tail || String(error)}`, { cause: error })
  }
}

async function sudoWorks(): Promise<boolean> {
  const sudo = findProgram(['sudo'])
  if (!sudo) return false
  return run(sudo, ['-n', 'true'], { timeout: 5000 }).then(
    () => true,
    () => false,
  )
}

function hasAptLists(): boolean {
  try {
    return readdirSync('/var/lib/apt/lists').some((file) => file.includes('_Packages'))
  } catch {
    return false
  }
}

async function inspectMachine(): Promise<Machine> {
  const aptGet = findProgram(['apt-get'])
  const isRoot = process.getuid?.() === 0
  return {
    platform: process.platform,
    isRoot,
    sudoWorks: aptGet !== undefined && !isRoot && (await sudoWorks()),
    aptGet,
    brew: aptGet ? undefined : findProgram(['brew']),
    hasAptLists: hasAptLists(),
  }
}

/** Runs the steps in order. A step that fails and has a remedy is tried once more after it. */
export async function runSteps(steps: readonly InstallStep[], runner: StepRunner): Promise<void> {
  for (const step of steps) {
    try {
      await runner(step)
    } catch (error) {
      if (!step.remedy) throw error
      await runSteps(step.remedy, runner)
      await runner(step)
    }
  }
}

export interface ProvideOptions {
  /** Called with a line for each thing that takes a while or is worth knowing. */
  readonly say?: (line: string) => void
}

/**
 * Makes sure that these servers can be started: on PATH or in the usual folders, else installed with the
 * system's package manager, else in Docker. Throws a ServerError that says what to install.
 */
export async function provideServers(
  names: readonly ServerName[],
  { say = () => {} }: ProvideOptions = {},
): Promise<Map<ServerName, ServerLocation>> {
  const missing = names.filter((name) => !findServer(name))
  let failure: unknown
  if (missing.length > 0) {
    const plan = planInstall(await inspectMachine(), missing)
    if ('reason' in plan) failure = new Error(plan.reason)
    else {
      try {
        await runSteps(plan.steps, (step) => {
          say(`${step.what} …`)
          return runStep(step)
        })
      } catch (error) {
        failure = error
      }
    }
  }
  const docker = names.every((name) => findServer(name)) ? undefined : await findDocker()
  const locations = new Map<ServerName, ServerLocation>()
  for (const name of names) {
    const program = findServer(name)
    if (program) locations.set(name, { kind: 'program', path: program })
    else if (docker) {
      say(`${name} runs in Docker`)
      locations.set(name, { kind: 'docker', path: docker })
    } else throw missingServer(name, failure)
  }
  return locations
}
