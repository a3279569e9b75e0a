import { basename } from 'node:path'
import { loadPacks } from '@tocsin/rules'
import { messageOf, replicaName, type ServiceContext } from '@tocsin/runtime'
import { collectGroups, presentOwn } from './api/collect-groups.ts'
import { serveApi } from './api/serve-api.ts'
import { serveDynamic } from './dynamic/serve-dynamic.ts'
import { startDynamic } from './dynamic/start-dynamic.ts'
import type { EvaluatorEnv } from './env.ts'
import { startSession } from './evaluation/session.ts'
import { createEvaluatorMetrics } from './evaluator-metrics.ts'
import { observeSession } from './observe-session.ts'
import { answerReplicas, createAskReplicas } from './replicas/ask-replicas.ts'
import { openCustomRules } from './rules/custom-rules.ts'
import { type DryRunRequest, dryRun } from './rules/dry-run.ts'
import { linkToRule } from './rules/link-to-rule.ts'
import { createRuleBook } from './rules/rule-book.ts'
import { serveRuleCalls } from './rules/serve-rule-calls.ts'
import { watchRuleFiles } from './rules/watch-rule-files.ts'
import { runReplica } from './run-replica.ts'

/** Starts the evaluator: its rules, its API, and its share of the work. */
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

  const dynamic = env.DYNAMIC_ALERTS_ENABLED ? await startDynamic({ ...ctx, book }) : undefined

  const replica = runReplica(ctx, async (hooks) => {
    const session = await startSession({
      ...ctx,
      ...hooks,
      book,
      evaluatorMetrics,
      source: ctx.name,
      externalURL: env.PROMETHEUS_URL ?? ctx.url,
      linkTo: linkToRule(env.PROMETHEUS_URL, ctx.url),
    })
    dynamic?.follow(session)
    return session
  })
  observeSession(ctx.metrics, evaluatorMetrics, replica)
  const ask = createAskReplicas(ctx)
  const externalURL = env.PROMETHEUS_URL ?? ctx.url
  const tryOut = (request: DryRunRequest) => {
    const head = replica.session()?.head
    return head && dryRun(request, { head, externalURL, now: ctx.clock.now })
  }
  serveApi(ctx.http, {
    custom,
    dryRun: tryOut,
    head: () => replica.session()?.head,
    version: ctx.version,
    now: ctx.clock.now,
    async groups() {
      const [session, share] = [replica.session(), replica.share()]
      return session && share && collectGroups({ ...ctx, ask, session, share })
    },
  })
  serveDynamic(ctx.http, dynamic)
  const stopAnswering = answerReplicas(ctx, replicaName(ctx), () => presentOwn(replica.session()))
  lifecycle.onStop('answers to replicas', stopAnswering)
  await serveRuleCalls(bus, { custom, dryRun: tryOut })
  await replica.settled
  await dynamic?.takeSpans()
}
