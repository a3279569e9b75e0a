import { createMatcher } from '@tocsin/promql'
import type { Head } from '@tocsin/tsdb'
import type { SpanMetric } from './span-metric.ts'

/** Whether the built-in metrics are made of spans: always, never, or of services that do not publish them themselves. */
export type BuiltInMode = 'auto' | 'on' | 'off'

/** Whether the spans of a service count in a built-in metric. */
export type ChooseBuiltIn = (service: string, metric: SpanMetric, nowMs: number) => boolean

/** Published so lately: a service that restarts has not stopped measuring itself. */
const RECENT_MS = 10 * 60_000
const LOOK_AGAIN_MS = 5000
/** All are looked up anew beyond this. */
const MOST_KNOWN = 10_000

/** `head` is asked in the mode `auto` only, when it is up to date. */
export function createBuiltInChoice(mode: BuiltInMode, head: () => Head | undefined): ChooseBuiltIn {
  if (mode !== 'auto') return () => mode === 'on'
  const known = new Map<string, { readonly isChosen: boolean; readonly sinceMs: number }>()

  return (service, metric, nowMs) => {
    const key = `${metric.name} ${service}`
    const found = known.get(key)
    if (found && nowMs - found.sinceMs < LOOK_AGAIN_MS) return found.isChosen
    if (known.size >= MOST_KNOWN) known.clear()
    const isChosen = !publishesItself(head(), service, metric, nowMs)
    known.set(key, { isChosen, sinceMs: nowMs })
    return isChosen
  }
}

/** What is made of spans has no `instance`; who publishes for himself says which one he is. */
function publishesItself(
  head: Head | undefined,
  service: string,
  { counter, name }: SpanMetric,
  nowMs: number,
): boolean {
  if (!head) return false
  const selector = [
    createMatcher('__name__', '=', counter ? counter.name : `${name}_count`),
    createMatcher('service', '=', service),
    createMatcher('instance', '!=', ''),
  ]
  return head.matchSeries(selector).some(({ lastTimeMs }) => lastTimeMs >= nowMs - RECENT_MS)
}
