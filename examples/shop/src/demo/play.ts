import { setTimeout as delay } from 'node:timers/promises'
import pc from 'picocolors'
import { driveTraffic, type Traffic } from './drive-traffic.ts'
import type { DemoArguments } from './read-arguments.ts'
import type { DrivenShop } from './run-shop.ts'
import type { Screen } from './show-progress.ts'
import { type ActiveAlert, compareAlerts, readAlerts } from './watch-alerts.ts'

const ALERT = 'ShopErrorRate'
const LOOK_EVERY_MS = 500
/** Healthy traffic before the break, so that there is something to compare with. */
const WARM_UP_MS = 10_000
/** A shop that waits for locks answers late. */
const ADMIN_TIMEOUT_MS = 30_000
const RESOLVE_WITHIN_MS = 120_000

/** Drives the shop until `signal` aborts; with `--break`, until its alert has fired and resolved. */
export async function play(
  { rate, breakForMs, how }: DemoArguments,
  {
    shop,
    evaluatorUrl,
    screen,
    signal,
  }: {
    readonly shop: DrivenShop
    readonly evaluatorUrl: string
    readonly screen: Screen
    readonly signal: AbortSignal
  },
): Promise<void> {
  const traffic = driveTraffic(shop.url, rate)
  const ended = new AbortController()
  const until = AbortSignal.any([signal, ended.signal])
  const seen = new Set<string>()
  const watching = watch(evaluatorUrl, traffic, screen, until, seen)
  const story = breakForMs === undefined ? pauseUntil(until) : breakAndHeal(breakForMs)
  try {
    await Promise.race([story, shop.died])
  } finally {
    ended.abort()
    // The story heals what it broke, also when it is cut short.
    await Promise.allSettled([story, watching])
    await traffic.stop()
  }

  async function breakAndHeal(forMs: number): Promise<void> {
    await pauseUntil(until, WARM_UP_MS)
    if (until.aborted) return
    screen.say(pc.red(`breaking the shop's database (${how}) for ${forMs / 1000} s`))
    seen.clear()
    await administer(shop.url, 'break', { how })
    try {
      await pauseUntil(until, forMs)
    } finally {
      await administer(shop.url, 'heal')
      screen.say(pc.green('healed'))
    }
    const deadline = performance.now() + RESOLVE_WITHIN_MS
    while (!until.aborted && !seen.has(`${ALERT} resolved`)) {
      if (performance.now() > deadline) throw new Error(outcomeWithout(seen))
      await pauseUntil(until, 100)
    }
  }
}

function outcomeWithout(seen: ReadonlySet<string>): string {
  return seen.has(`${ALERT} firing`)
    ? `${ALERT} fired, but did not resolve within ${RESOLVE_WITHIN_MS / 1000} s: look at the alert-evaluator's log`
    : `${ALERT} did not fire: a break must last longer than its 'for' of 5 s; look at the alert-evaluator's log`
}

/** Shows how things are, and what alerts do, until it is aborted. Never rejects. */
async function watch(
  evaluatorUrl: string,
  traffic: Traffic,
  screen: Screen,
  signal: AbortSignal,
  seen: Set<string>,
): Promise<void> {
  let before: readonly ActiveAlert[] = []
  let away = false
  while (!signal.aborted) {
    try {
      const now = await readAlerts(evaluatorUrl)
      for (const change of compareAlerts(before, now)) {
        screen.change(change)
        seen.add(`${change.alert.name} ${change.state}`)
      }
      before = now
      if (away) screen.say(pc.green('the alert-evaluator is back'))
      away = false
    } catch {
      if (!away)
        screen.say(pc.yellow(`the alert-evaluator at ${evaluatorUrl} does not answer; waiting for it`))
      away = true
    }
    screen.progress(traffic.counts(), before)
    await pauseUntil(signal, LOOK_EVERY_MS)
  }
}

async function administer(url: string, verb: 'break' | 'heal', body: object = {}): Promise<void> {
  const response = await fetch(`${url}/admin/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ADMIN_TIMEOUT_MS),
  }).catch((cause) => {
    throw new Error(`the shop did not answer to ${verb} within ${ADMIN_TIMEOUT_MS / 1000} s`, { cause })
  })
  if (!response.ok)
    throw new Error(`the shop answered ${response.status} to ${verb}: ${await response.text()}`)
}

/** Waits for `ms`, or for ever, but not longer than until the signal aborts. */
async function pauseUntil(signal: AbortSignal, ms = 2 ** 31 - 1): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {})
}
