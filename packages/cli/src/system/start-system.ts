import { join } from 'node:path'
import { liveProcesses, processBirth, SERVICES } from '@tocsin/servers'
import type { CliEnv } from '../env.ts'
import type { PartState } from '../run/run-file.ts'
import { checkPorts } from './check-ports.ts'
import { planInbox } from './inbox-part.ts'
import { type KeptPart, keepRunning } from './keep-running.ts'
import type { LineSink, Part, RunningPart } from './part.ts'
import { provideStores } from './provide-stores.ts'
import { servicePart } from './service-part.ts'

export interface SystemIo {
  /** A line of ours. */
  readonly say: (line: string) => void
  /** A line that a part wrote. */
  readonly onLine: LineSink
  /** Called when a part was started, again or for the first time. */
  readonly onChange: () => void
  readonly onGiveUp: (reason: string) => void
}

export interface System {
  /** Resolves when every part is ready; rejects with the first that fails to start. */
  start(): Promise<void>
  parts(): PartState[]
  readonly mail: { readonly to: string; readonly caught: boolean } | undefined
  /** Stops what was started and nothing else: first what produces, last what stores. Bounded; never rejects. */
  stop(): Promise<void>
  /** Kills everything at once. */
  kill(): void
}

// What feeds goes first, so that what stands behind it can finish; NATS goes last.
const STOP_ORDER: readonly (readonly string[])[] = [
  ['host-agent'],
  ['health', 'sla', 'capacity'],
  ['collector', 'alert-evaluator'],
  ['notifier'],
  ['inbox'],
  ['redis'],
  ['nats'],
]
// These look at the others, and would report as broken what is only not yet there.
const STARTED_LAST: readonly string[] = ['health', 'sla', 'capacity']
const SHOWN_ORDER: readonly string[] = ['nats', 'redis', ...Object.keys(SERVICES), 'inbox']
const GRACE_MS = 12_000

const wantsInbox = (env: CliEnv): boolean =>
  env.SMTP_HOST === undefined && !/^(false|0|no|off)$/i.test(env.EMAIL_NOTIFICATIONS_ENABLED ?? '')

/** Everything that `tocsin up` runs. Nothing is started before start(). */
export function createSystem(env: CliEnv, io: SystemIo): System {
  const kept = new Map<string, KeptPart>()
  const foreign: Part[] = []
  let stopping = false
  let stopped: Promise<void> | undefined
  let mail: System['mail']

  const keep = (part: Part, running: RunningPart): void => {
    kept.set(part.name, keepRunning(part, running, io))
    io.onChange()
  }

  const launch = async (part: Part): Promise<void> => {
    if (stopping) return
    const running = await part.launch?.()
    if (!running) return
    if (stopping) await running.stop(GRACE_MS)
    else keep(part, running)
  }

  const start = async (): Promise<void> => {
    await checkPorts(env.services, env.HTTP_HOST)
    const { nats, redis } = await provideStores(env, io.say, io.onLine)
    for (const { part, running } of [nats, redis]) {
      if (running) keep(part, running)
      else foreign.push(part)
    }
    const settings: NodeJS.ProcessEnv = {
      ...env.all,
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      HTTP_HOST: env.HTTP_HOST,
      LOG_PRETTY: 'false',
      // The totals of counters by hand go back further than the stream keeps their events.
      METRICS_SNAPSHOT_PATH: env.all['METRICS_SNAPSHOT_PATH'] ?? join(env.home, 'collector', 'head.snapshot'),
    }
    if (env.EMAIL_TO !== undefined) mail = { to: env.EMAIL_TO, caught: false }
    const parts: Part[] = []
    if (wantsInbox(env)) {
      const inbox = await planInbox(env.all, io.onLine)
      mail = { to: env.EMAIL_TO ?? 'oncall@localhost', caught: true }
      Object.assign(settings, {
        SMTP_HOST: '127.0.0.1',
        SMTP_PORT: String(inbox.smtpPort),
        SMTP_SECURE: 'false',
      })
      Object.assign(settings, { SMTP_USER: '', SMTP_PASS: '', EMAIL_TO: mail.to })
      parts.push(inbox)
    }
    for (const plan of env.services) parts.push(servicePart(plan, env, settings, io.onLine))
    const isLast = ({ name }: Part) => STARTED_LAST.includes(name)
    await Promise.all(parts.filter((part) => !isLast(part)).map(launch))
    await Promise.all(parts.filter(isLast).map(launch))
  }

  const stopAll = async (): Promise<void> => {
    for (const names of STOP_ORDER) {
      await Promise.all(names.map((name) => kept.get(name)?.stop(GRACE_MS)))
    }
    // Whatever was just being started.
    await Promise.all(liveProcesses().map((process) => process.stop(1000)))
  }

  const state = (part: Part, pid?: number, restarts = 0): PartState => {
    const { name, kind, where, probe, note } = part
    const birth = pid === undefined ? undefined : processBirth(pid)
    return { name, kind, where, probe, note, pid, birth, restarts }
  }

  return {
    start,
    parts() {
      const all = [
        ...foreign.map((part) => state(part)),
        ...[...kept.values()].map((k) => state(k.part, k.pid, k.restarts)),
      ]
      return all.toSorted((a, b) => SHOWN_ORDER.indexOf(a.name) - SHOWN_ORDER.indexOf(b.name))
    },
    get mail() {
      return mail
    },
    stop() {
      stopping = true
      stopped ??= stopAll()
      return stopped
    },
    kill() {
      for (const process of liveProcesses()) process.signal('SIGKILL')
    },
  }
}
