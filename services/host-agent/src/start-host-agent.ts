import { hostname } from 'node:os'
import { type ServiceContext, sleep } from '@tocsin/runtime'
import { createMonitoring } from '@tocsin/sdk'
import { chooseReaders } from './choose-readers.ts'
import type { HostAgentEnv } from './env.ts'
import { createHostReading, createHostRecord } from './publish-host.ts'

/** A reading takes milliseconds; what takes longer hangs. */
const LONGEST_READING_MS = 3000

/** Reads the machine at once and then at every interval; the SDK publishes what changed. */
export async function startHostAgent(ctx: ServiceContext<HostAgentEnv>): Promise<void> {
  const { env, log, clock, metrics, lifecycle } = ctx
  const monitoring = createMonitoring({
    service: 'host',
    instance: hostname(),
    version: ctx.version,
    nats: {
      servers: env.NATS_URL,
      user: env.NATS_USER,
      pass: env.NATS_PASS,
      creds: env.NATS_CREDS,
      inboxPrefix: env.NATS_INBOX_PREFIX,
    },
    subjectPrefix: env.NATS_SUBJECT_PREFIX,
    prometheus: false,
    nodeMetrics: false,
    onWarning: (message) => log.warn(message),
  })
  const read = createHostReading({
    readers: chooseReaders(env, clock),
    record: createHostRecord(monitoring.metrics),
    log,
    metrics,
  })
  /** What hangs is left behind: the other parts go on. */
  const readHost = async () => {
    const done = new AbortController()
    await Promise.race([read(), sleep(clock, LONGEST_READING_MS, done.signal)])
    done.abort()
  }
  await readHost()
  await monitoring.start()
  lifecycle.onStop('publishing', () => monitoring.shutdown())

  const readOn = async () => {
    for (let next = clock.now(); !lifecycle.signal.aborted; await readHost()) {
      // By the clock, so that readings do not drift; what a slow one missed is not made up for.
      next = Math.max(next + env.HOST_AGENT_INTERVAL, clock.now())
      await sleep(clock, next - clock.now(), lifecycle.signal)
    }
  }
  const reading = readOn()
  lifecycle.onStop('reading the machine', () => reading)
}
