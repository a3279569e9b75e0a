import { setTimeout as delay } from 'node:timers/promises'
import { type AlertEvent, createSubjects, fingerprint, type Severity } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import type { Wanted } from './judge.ts'

/** Alerts and messages of every kind, each with a name of its own, published until NATS has them. */
export interface Load {
  /** One of each kind. */
  round(): Promise<void>
  readonly wanted: Wanted
}

const subjects = createSubjects()
const MOST_PAUSE_MS = 40
const POST_AGAIN_MS = 50
const HOUR_MS = 3_600_000
/** So many rounds lie between two alerts that the receiver refuses. */
const REFUSED_EVERY = 5

/** `url`: where the notifier takes alerts that are posted. */
export function createLoad(bus: Pick<Bus, 'publish'>, url: string): Load {
  const once: string[] = []
  const ordered: string[] = []
  const dead: string[] = []
  let rounds = 0

  async function alert(
    n: string,
    name: string,
    severity: Severity,
    state: 'firing' | 'resolved',
  ): Promise<void> {
    const labels = { alertname: name, severity, n }
    const time = new Date().toISOString()
    const event: AlertEvent = {
      v: 1,
      id: `${n}-${state}`,
      time,
      source: 'chaos',
      state,
      alertname: name,
      fingerprint: fingerprint(labels),
      severity,
      labels,
      annotations: {},
      value: '1',
      activeAt: time,
      firedAt: time,
      ...(state === 'resolved' ? { resolvedAt: time } : {}),
      group: 'chaos',
      origin: 'file',
      stages: { event: time, evaluated: time },
    }
    await bus.publish(subjects.alert(state, name), event, { msgId: event.id })
  }

  async function message(title: string, severity: Severity): Promise<void> {
    once.push(`message ${title}`)
    await bus.publish(subjects.notificationRequest, { id: title, title, severity }, { msgId: title })
  }

  /** Alerts of one request, as Prometheus posts them: again, until they are accepted. */
  async function post(ns: readonly string[], startsAt: string, endsAt: string): Promise<void> {
    const alerts = ns.map((n) => ({
      labels: { alertname: 'Posted', severity: 'critical', n },
      startsAt,
      endsAt,
    }))
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    }
    for (;;) {
      const answer = await fetch(`${url}/api/v2/alerts`, request).catch(() => undefined)
      await answer?.arrayBuffer().catch(() => {})
      if (answer?.ok) return
      await delay(POST_AGAIN_MS)
    }
  }

  return {
    wanted: { once, ordered, dead },
    async round() {
      const k = rounds++
      await alert(`C${k}`, 'Critical', 'critical', 'firing')
      await message(`m${k}`, 'medium')
      await alert(`G${k}`, 'Grouped', 'high', 'firing')
      await message(`d${k}`, 'low')
      const posted = [`P${k}`, `Q${k}`]
      const startsAt = new Date().toISOString()
      await post(posted, startsAt, new Date(Date.now() + HOUR_MS).toISOString())
      await delay(Math.random() * MOST_PAUSE_MS)
      if (k % REFUSED_EVERY === 0) {
        dead.push(`firing R${k}`)
        await alert(`R${k}`, 'Refused', 'critical', 'firing')
      }
      await alert(`C${k}`, 'Critical', 'critical', 'resolved')
      await alert(`G${k}`, 'Grouped', 'high', 'resolved')
      await post(posted, startsAt, new Date().toISOString())
      for (const n of [`C${k}`, ...posted]) once.push(`firing ${n}`, `resolved ${n}`)
      ordered.push(`C${k}`, `G${k}`, ...posted)
    },
  }
}
