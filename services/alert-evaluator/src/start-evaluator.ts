import { basename } from 'node:path'
import { loadPacks } from '@tocsin/rules'
import { messageOf, type ServiceContext } from '@tocsin/runtime'
import { serveApi } from './api/serve-api.ts'
import type { EvaluatorEnv } from './env.ts'
import { startSession } from './evaluation/session.ts'
import { createEvaluatorMetrics } from './evaluator-metrics.ts'
import { leadSessions } from './lead-sessions.ts'
import { observeSession } from './observe-session.ts'
import { openCustomRules } from './rules/custom-rules.ts'
import { linkToRule } from './rules/link-to-rule.ts'
import { createRuleBook } from './rules/rule-book.ts'
import { serveRuleCalls } from './rules/serve-rule-calls.ts'
import { watchRuleFiles } from './rules/watch-rule-files.ts'

/** Starts the evaluator: its rules, its API, and the work itself while this replica holds the lease. */
export async function startEvaluator(ctx: ServiceContext<EvaluatorEnv>): Promise<void> {
  const { env, bus, lifecycle } = ctx
  const evaluatorMetrics = createEvaluatorMetrics(ctx.metrics)
  const book = createRuleBook({
    intervalMs: env.EVALUATION_INTERVAL,
    fileKey: ({ file, origin }) => (origin === 'file' ? basename(file) : file),
  })
  book.onChange(({ rules }) => evaluatorMetrics.rules.set(rules.size))
  const packs = env.ALERT_RULE_PACKS
  if (packs?.join() !== 'none') book.setPacks(loadPacks(packs, { runbooksURL: `${ctx.url}/runbooks` }))
  const folder = env.ALERT_RULES_PATH
  if (folder !== undefined) {
    const unwatch = await watchRuleFiles(folder, { ...ctx, book, metrics: evaluatorMetrics }).catch(
      (cause: unknown) => {
        throw new Error(`ALERT_RULES_PATH: the folder cannot be read: ${messageOf(cause)}`, { cause })
      },
    )
    lifecycle.onStop('rule files', unwatch)
  }
  const custom = await openCustomRules({ ...ctx, book })
  lifecycle.onStop('custom rules', custom.stop)

  const { session, settled } = leadSessions(ctx, (lease, onBroken) =>
    startSession({
      ...ctx,
      lease,
      book,
      evaluatorMetrics,
      source: ctx.name,
      externalURL: env.PROMETHEUS_URL ?? ctx.url,
      linkTo: linkToRule(env.PROMETHEUS_URL, ctx.url),
      onBroken,
    }),
  )
  observeSession(ctx.metrics, evaluatorMetrics, session)
  serveApi(ctx.http, { custom, session })
  await serveRuleCalls(bus, custom)
  await settled
}
