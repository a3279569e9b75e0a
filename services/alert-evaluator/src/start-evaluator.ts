import { hostname } from 'node:os'
import { basename } from 'node:path'
import { loadPacks } from '@tocsin/rules'
import { backoffMs, holdLease, type Lease, messageOf, type ServiceContext, sleep } from '@tocsin/runtime'
import { serveApi } from './api/serve-api.ts'
import type { EvaluatorEnv } from './env.ts'
import { type Session, startSession } from './evaluation/session.ts'
import { createEvaluatorMetrics } from './evaluator-metrics.ts'
import { observeSession } from './observe-session.ts'
import { openCustomRules } from './rules/custom-rules.ts'
import { linkToRule } from './rules/link-to-rule.ts'
import { createRuleBook } from './rules/rule-book.ts'
import { serveRuleCalls } from './rules/serve-rule-calls.ts'
import { watchRuleFiles } from './rules/watch-rule-files.ts'

const LEASE_MS = 5000
const STANDBY_AFTER_MS = 2000

/** Starts the evaluator: its rules, its API, and the work itself while this replica holds the lease. */
export async function startEvaluator(ctx: ServiceContext<EvaluatorEnv>): Promise<void> {
  const { env, bus, clock, log, lifecycle } = ctx
  const metrics = createEvaluatorMetrics(ctx.metrics)
  const book = createRuleBook({
    intervalMs: env.EVALUATION_INTERVAL,
    fileKey: ({ file, origin }) => (origin === 'file' ? basename(file) : file),
  })
  book.onChange(({ rules }) => metrics.rules.set(rules.size))
  const packs = env.ALERT_RULE_PACKS
  if (packs?.join() !== 'none') book.setPacks(loadPacks(packs))
  const folder = env.ALERT_RULES_PATH
  if (folder !== undefined) {
    const unwatch = await watchRuleFiles(folder, { book, clock, log, metrics }).catch((cause: unknown) => {
      throw new Error(`ALERT_RULES_PATH: the folder cannot be read: ${messageOf(cause)}`, { cause })
    })
    lifecycle.onStop('rule files', unwatch)
  }
  const custom = await openCustomRules({ bus, book, clock, log })
  lifecycle.onStop('custom rules', custom.stop)

  let session: Session | undefined
  let lifetime: Promise<unknown> = Promise.resolve()
  const acquired = Promise.withResolvers<void>()
  const first = Promise.withResolvers<void>()
  const begin = async (lease: Lease): Promise<void> => {
    let restarting = false
    session = await startSession({
      ...ctx,
      lease,
      book,
      evaluatorMetrics: metrics,
      source: ctx.name,
      externalURL: env.PROMETHEUS_URL ?? ctx.url,
      linkTo: linkToRule(env.PROMETHEUS_URL, ctx.url),
      onBroken(reason) {
        if (restarting) return
        restarting = true
        log.warn({ reason }, 'the evaluation begins anew')
        void inTurn(async () => {
          await end()
          await beginWhileHeld(lease)
        })
      },
    })
    void session.live.then(() => {
      log.info({ rules: book.current().rules.size }, 'evaluating')
      first.resolve()
    })
  }
  const end = async (): Promise<void> => {
    const ending = session
    session = undefined
    await ending?.stop()
  }
  /** Sessions begin and end one after the other. */
  const inTurn = (act: () => Promise<void>): Promise<unknown> => {
    lifetime = lifetime.then(act)
    return lifetime
  }
  const beginWhileHeld = async (lease: Lease): Promise<void> => {
    for (let attempt = 0; lease.isHeld() && !lifecycle.signal.aborted; attempt++) {
      try {
        return await begin(lease)
      } catch (error) {
        log.error({ err: error }, `the evaluation cannot begin yet: ${messageOf(error)}`)
        await sleep(clock, backoffMs(attempt, 200, 5000), lifecycle.signal)
      }
    }
  }

  serveApi(ctx.http, { book, custom, session: () => session, clock })
  await serveRuleCalls(bus, custom)
  observeSession(metrics, () => session)
  const holder = holdLease(ctx, {
    name: ctx.name,
    // Only one process at a time listens at an address: one that starts there again is the same replica.
    owner: `${hostname()} ${ctx.url}`,
    ttlMs: LEASE_MS,
    onAcquired(lease) {
      acquired.resolve()
      return inTurn(() => beginWhileHeld(lease))
    },
    onLost: () => inTurn(end),
  })
  lifecycle.onStop('evaluation', async () => {
    await inTurn(end)
    await holder.stop()
  })
  // Ready once the past is caught up with, or standing by because another replica is at work.
  await Promise.race([acquired.promise, sleep(clock, STANDBY_AFTER_MS, lifecycle.signal)])
  if (holder.current()) await Promise.race([first.promise, aborted(lifecycle.signal)])
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
