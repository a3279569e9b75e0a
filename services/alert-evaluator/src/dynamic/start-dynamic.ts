import { dynamicAlertMetrics } from '@tocsin/contract'
import { consumeDurable, type ServiceContext } from '@tocsin/runtime'
import { runRegularly } from '../evaluation/run-regularly.ts'
import type { Session } from '../evaluation/session.ts'
import type { RuleBook } from '../rules/rule-book.ts'
import { createGroupBuilder } from './build-groups.ts'
import { chooseThresholds } from './choose-thresholds.ts'
import { createSoon } from './create-soon.ts'
import type { DynamicEnv } from './dynamic-env.ts'
import { type DynamicRecords, followRecords } from './follow-records.ts'
import { learnThresholds } from './learn-thresholds.ts'
import { takeSpans } from './take-spans.ts'
import { createOperationWatch } from './watch-operations.ts'

/** Alerts that are made of what is seen in traces. */
export interface DynamicAlerts {
  readonly env: DynamicEnv
  readonly records: DynamicRecords
  /** Operations of a service beyond the limit. */
  over(service: string): number
  /** Looks at the series of this session from now on. */
  follow(session: Session): void
  /** Begins to take the spans that ask for an alert. */
  takeSpans(): Promise<void>
}

export interface DynamicDeps extends ServiceContext<ServiceContext['env'] & DynamicEnv> {
  readonly book: RuleBook
}

const SETTLE_EVERY_MS = 15_000
const LEARN_EVERY_MS = 60_000

/** Brings the rules of all services that are known into the book, and keeps them as what is seen, said and learnt has them. */
export async function startDynamic(deps: DynamicDeps): Promise<DynamicAlerts> {
  const { env, book, lifecycle } = deps
  const records = await followRecords(deps)
  const build = createGroupBuilder(env, `${deps.url}/runbooks`)
  const apply = async () => {
    const unreadable = records.unreadable()
    book.setIncomplete(
      'dynamic alerts',
      unreadable.length > 0 ? `what is stored of ${unreadable.join(', ')} cannot be read` : undefined,
    )
    book.setDynamic(await build(records))
  }
  const applying = createSoon(deps, 'putting dynamic rules in force', apply)
  records.onChange(applying.soon)
  await apply()

  let followed: Session | undefined
  /** That whose series are up to date. */
  let current: Session | undefined
  const settle = async () => {
    if (current) await watch.settle(current)
  }
  const settling = createSoon(deps, 'noting operations', settle)
  const watch = createOperationWatch({ ...deps, records, onNew: settling.soon })
  const everyMs = Math.min(LEARN_EVERY_MS, env.DYNAMIC_ALERTS_BASELINE_INTERVAL)
  const learn = async () => {
    if (current && env.DYNAMIC_ALERTS_BASELINE) await learnThresholds(current, { ...deps, records })
  }
  const stops = [
    runRegularly(deps, 'noting operations', SETTLE_EVERY_MS, settle),
    runRegularly(deps, 'learning thresholds', everyMs, learn),
  ]
  lifecycle.onStop('dynamic alerts', async () => {
    for (const stop of [...stops, applying.stop, settling.stop]) stop()
    await records.stop()
  })
  observe(deps, records, watch.over)

  return {
    env,
    records,
    over: watch.over,
    follow(session) {
      followed = session
      current = undefined
      watch.follow(session)
      void session.caughtUp.then(() => {
        if (followed !== session) return
        current = session
        settling.soon()
      })
    },
    async takeSpans() {
      const stages = takeSpans({ ...deps, records, head: () => current?.head })
      await consumeDurable(deps, { stream: 'SPANS', durable: 'alert-evaluator', stages })
    },
  }
}

function observe({ metrics, env }: DynamicDeps, records: DynamicRecords, over: DynamicAlerts['over']): void {
  const operations = metrics.gauge(dynamicAlertMetrics.dynamicOperations)
  const baselines = metrics.gauge(dynamicAlertMetrics.dynamicBaselines)
  metrics.beforeRead(() => {
    const counts = { watched: 0, off: 0, over: 0 }
    const learnt = { errors: 0, latency: 0 }
    for (const service of records.services()) {
      counts.over += over(service)
      for (const operation of records.record(service).operations) {
        const { enabled, errors, latency } = chooseThresholds(operation, records.settings(service), env)
        counts[enabled ? 'watched' : 'off']++
        if (errors.from === 'learnt') learnt.errors++
        if (latency.from === 'learnt') learnt.latency++
      }
    }
    for (const [state, count] of Object.entries(counts)) operations.set({ state }, count)
    for (const [signal, count] of Object.entries(learnt)) baselines.set({ signal }, count)
  })
}
