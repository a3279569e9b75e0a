import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@nats-io/transport-node'
import { DEFAULT_PREFIX, deliveryEvent } from '@tocsin/contract'
import { type Bus, connectBus, createLog, createMetrics, systemClock } from '@tocsin/runtime'
import { startHttpSink, startNats, startRedis, startService, waitFor } from '@tocsin/testkit'
import { type Judgement, judge } from './judge.ts'
import { type Arrival, keepLedger } from './ledger.ts'
import { createLoad } from './load.ts'
import { watchStages } from './stages.ts'

export interface ChaosReport extends Judgement {
  /** How often the notifier was killed, by the stage that a notification had reached. */
  readonly kills: Readonly<Record<string, number>>
  readonly natsKills: number
  readonly redisKills: number
  readonly alertsAndMessages: number
}

export interface ChaosOptions {
  readonly say?: (text: string) => void
  /** Aborts when there is to be no further kill: what was done until then is judged. */
  readonly ending?: AbortSignal
}

/** A busy machine may take long to get anywhere. */
const STAGE_TIMEOUT_MS = 30_000
const LATE = 'a stage that was not reached in time'
const ROUNDS_PER_KILL = 3
const SETTLED_WITHIN_MS = 180_000
/** One in so many attempts fails, so that some wait for another when the process dies. */
const FAILS_EVERY = 9
const NATS_EVERY = 10
const REDIS_EVERY = 7

/**
 * Kills the notifier with SIGKILL again and again, each time as a notification reaches another stage of its way,
 * and now and then NATS and Redis as well, while alerts and messages come in; then judges what the receiver got.
 */
export async function runChaos(
  kills: number,
  { say = () => {}, ending }: ChaosOptions = {},
): Promise<ChaosReport> {
  const [nats, redis, sink] = await Promise.all([startNats(), startRedis(), startHttpSink()])
  const env = {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    WEBHOOK_URL: sink.url,
    NOTIFY_GROUP_WAIT: '150ms',
    NOTIFY_GROUP_INTERVAL: '150ms',
    // On a busy machine an answer takes long; an attempt that is cut off is made again, which is no fault.
    NOTIFY_SEND_TIMEOUT: '30s',
    NOTIFY_RATE_LIMIT: '6/10s',
    DIGEST_INTERVAL: '1s',
  }
  const service = await startService('notifier', env, { readyTimeoutMs: 60_000 })
  const bus = await connectBus({
    env: { NATS_URL: [nats.url], NATS_REPLICAS: 1, NATS_SUBJECT_PREFIX: DEFAULT_PREFIX },
    name: 'chaos',
    version: '0',
    log: createLog({ service: 'chaos', version: '0', level: 'silent' }),
    clock: systemClock,
    metrics: createMetrics('chaos', '0'),
  })
  const watching = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  const listeners = new Set<(arrival: Omit<Arrival, 'status'>) => void>()
  let attempts = 0
  const ledger = keepLedger(sink, (arrival) => {
    for (const listener of listeners) listener(arrival)
    if (arrival.tokens.some((token) => token.includes(' R'))) return 404
    return ++attempts % FAILS_EVERY === 0 ? 503 : 200
  })
  const stages = watchStages(watching, (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  })
  const load = createLoad(bus, service.url)
  const crashes: number[] = []
  const killed: Record<string, number> = {}
  const firstStage = Math.floor(Math.random() * stages.length)
  let natsKills = 0
  let redisKills = 0

  async function loadRounds(): Promise<void> {
    for (let i = 0; i < ROUNDS_PER_KILL; i++) await load.round()
  }

  async function killAt(k: number): Promise<void> {
    const stage = stages[(firstStage + k) % stages.length]
    if (!stage) return
    const reached = new AbortController()
    const late = delay(STAGE_TIMEOUT_MS, LATE, { signal: reached.signal })
    const atStage = Promise.race([stage.next().then(() => stage.name), late])
    const loading = loadRounds()
    const name = await atStage
    late.catch(() => {})
    reached.abort()
    crashes.push(Date.now())
    await service.kill()
    crashes.push(Date.now())
    killed[name] = (killed[name] ?? 0) + 1
    if (k % NATS_EVERY === NATS_EVERY - 1) {
      natsKills++
      await nats.kill()
      await nats.restart()
    }
    if (k % REDIS_EVERY === REDIS_EVERY - 1) {
      redisKills++
      await redis.kill()
      await redis.restart()
    }
    await service.restart()
    await loading
    if ((k + 1) % 10 === 0) say(`${k + 1} kills, ${ledger.arrivals.length} attempts`)
  }

  const ask = async (path: string) =>
    (await fetch(`${service.url}/api/v1/${path}`)).json() as Promise<unknown>
  const readLetters = async () => {
    const { deadLetters } = (await ask('dead-letters?limit=1000')) as { deadLetters: { body: string }[] }
    return deadLetters.map(({ body }) => body)
  }
  try {
    for (let k = 0; k < kills && !ending?.aborted; k++) await killAt(k)
    say('no more kills; waiting for everything to arrive')
    const { once, ordered, dead } = load.wanted
    const isSettled = async () =>
      once.every(ledger.hasTold) && (await readLetters()).length >= dead.length && (await outboxIsEmpty(bus))
    await waitFor(isSettled, { timeoutMs: SETTLED_WITHIN_MS, what: 'everything to arrive' }).catch(
      (error: unknown) => say(String(error)),
    )
    const letters = await readLetters()
    const facts = { arrivals: ledger.arrivals, crashes, letters, logged: await readLogged(bus) }
    const alertsAndMessages = once.length + ordered.length + dead.length
    return { ...judge(load.wanted, facts), kills: killed, natsKills, redisKills, alertsAndMessages }
  } finally {
    await watching.close()
    await bus.close()
    await service.stop()
    await Promise.all([sink.stop(), redis.stop(), nats.stop()])
  }
}

/** Ids of all notifications that the delivery log says were delivered, or held for a digest. */
async function readLogged(bus: Bus): Promise<ReadonlySet<string>> {
  const logged = new Set<string>()
  const consumer = await bus.js.consumers.get(bus.streamName('DELIVERIES'))
  let { num_pending: left } = await consumer.info()
  while (left > 0) {
    for await (const message of await consumer.fetch({ max_messages: Math.min(left, 500), expires: 5000 })) {
      const { outcome, notification } = deliveryEvent.parse(message.json())
      if (outcome === 'delivered' || outcome === 'suppressed') logged.add(notification)
      left--
    }
  }
  await consumer.delete()
  return logged
}

async function outboxIsEmpty(bus: Bus): Promise<boolean> {
  return (await bus.jsm.streams.info(bus.streamName('OUTBOX'))).state.messages === 0
}
