import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { inheritedEnv } from './env.ts'
import { ServerError } from './errors.ts'
import { GUARD_SCRIPT } from './guard-script.ts'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface GuardedCommand {
  readonly command: string
  readonly args?: readonly string[]
  readonly cwd?: string
  /** Replaces the inherited environment. */
  readonly env?: NodeJS.ProcessEnv
  /** Called with each line of output, without its newline. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /** A temporary folder to remove if this process dies without stopping the child. */
  readonly scratch?: string
}

export interface GuardedProcess {
  /** The command's own pid (not the guard's). */
  readonly pid: number
  readonly running: boolean
  /** Resolves, never rejects, once the process has ended and its output was read. */
  readonly exited: Promise<Exit>
  /** Sends a signal; false when the process has already ended. */
  signal(signal: NodeJS.Signals): boolean
  /** TERM, then KILL after `graceMs` (default 5000). Idempotent. */
  stop(graceMs?: number): Promise<Exit>
}

const live = new Set<GuardedProcess>()

/** The processes that this process has started and that still run. */
export const liveProcesses = (): readonly GuardedProcess[] => [...live]

/** A shell reports death by signal n as 128 + n. */
function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (code === null || code <= 128) return { code, signal }
  const named = Object.entries(constants.signals).find(([, number]) => number === code - 128)
  return named ? { code: null, signal: named[0] as NodeJS.Signals } : { code, signal: null }
}

function readPid(channel: Readable, gone: Promise<Exit>, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    channel.setEncoding('utf8')
    channel.on('error', () => {})
    channel.on('data', (chunk: string) => {
      text += chunk
      if (text.includes('\n')) resolve(Number.parseInt(text, 10))
    })
    void gone.then(() => reject(new ServerError('exited-early', `${command} could not be started`)))
  })
}

/**
 * Starts a program in a session of its own (a Ctrl-C of the terminal does not reach it), and makes sure
 * that it dies with this process, however this process ends.
 */
export async function spawnGuarded(options: GuardedCommand): Promise<GuardedProcess> {
  const { command, args = [], cwd, env = inheritedEnv(), onLine = () => {}, scratch = '' } = options
  const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'tocsin-guard', scratch, command, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const [, stdout, stderr, channel] = guard.stdio
  for (const [name, stream] of [['stdout', stdout] as const, ['stderr', stderr] as const]) {
    if (stream) createInterface({ input: stream as Readable }).on('line', (line) => onLine(line, name))
  }
  let running = true
  const exited = new Promise<Exit>((resolve) => {
    guard.once('error', () => resolve({ code: 127, signal: null }))
    guard.once('exit', (code, signal) => {
      running = false
      const exit = exitOf(code, signal)
      // A grandchild may hold the output open; do not wait for it longer than this.
      const timer = setTimeout(() => resolve(exit), 500)
      guard.once('close', () => {
        clearTimeout(timer)
        resolve(exit)
      })
    })
  })
  const pid = await readPid(channel as Readable, exited, command)

  const signal = (name: NodeJS.Signals): boolean => {
    if (!running) return false
    try {
      return process.kill(pid, name)
    } catch {
      return false
    }
  }
  const guarded: GuardedProcess = {
    pid,
    get running() {
      return running
    },
    exited,
    signal,
    async stop(graceMs = 5000) {
      signal('SIGTERM')
      signal('SIGCONT')
      const timer = setTimeout(() => signal('SIGKILL'), graceMs)
      const exit = await exited
      clearTimeout(timer)
      return exit
    },
  }
  live.add(guarded)
  void exited.then(() => {
    live.delete(guarded)
    channel?.destroy()
  })
  return guarded
}
