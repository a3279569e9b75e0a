import { consumeDurable, createThrottle, type ServiceContext, type ServiceDefinition } from '@tocsin/runtime'
import { readTargets, readTlsPaths } from './alertmanager/alertmanager-env.ts'
import { createAlertmanagerMetrics } from './alertmanager/alertmanager-metrics.ts'
import { addV2Routes } from './api-v2/add-v2-routes.ts'
import { followAlerts } from './api-v2/follow-alerts.ts'
import { integrationsOfEnv } from './channels/registry.ts'
import { requestStages } from './consumers/take-requests.ts'
import { isServed } from './delivery/plan.ts'
import { createRecentIds } from './delivery/recent-ids.ts'
import { type NotifierEnv, notifierEnv } from './env.ts'
import { addDeadLetterRoutes } from './http/dead-letter-routes.ts'
import { createGuard, letsBrowsersIn } from './http/guard.ts'
import { addIntakeRoutes } from './http/intake-routes.ts'
import { addLogRoutes } from './http/log-routes.ts'
import { addPreviewRoutes } from './http/preview-routes.ts'
import { addReloadRoute } from './http/reload-route.ts'
import { createNotifierMetrics } from './metrics.ts'
import { createPublishOutbox } from './outbox/publish-outbox.ts'
import { defaultPolicy } from './policy/default-policy.ts'
import { startPolicy } from './policy/start-policy.ts'
import { createPublishPosted } from './posted/publish-posted.ts'
import { addAcknowledgePage } from './silences/acknowledge-page-routes.ts'
import { addAcknowledgementRoutes } from './silences/acknowledgement-routes.ts'
import { createAttend } from './silences/attend-silences.ts'
import { addSilenceRoutes } from './silences/silence-routes.ts'
import { startSilences } from './silences/start-silences.ts'
import { type HeldWork, holdWork } from './work/hold-work.ts'

/** The notifier: alerts and messages in, e-mails, Slack messages and webhook calls out. */
export const notifier: ServiceDefinition<typeof notifierEnv.shape> = {
  name: 'notifier',
  env: notifierEnv,
  port: (env) => env.NOTIFIER_PORT,
  // Bodies are read as they came, so that a refused one can be kept.
  http: { json: false },
  start,
}

/** An Alertmanager without `max_alerts` sends whole groups, however large; they are split on their way out. */
const MOST_BODY_BYTES = 16 * 1024 * 1024

async function start(ctx: ServiceContext<NotifierEnv>): Promise<void> {
  const { env, bus, clock, log, http, readiness } = ctx
  const startedMs = clock.now()
  const targets = readTargets(env)
  const tls = await readTlsPaths(env)
  if (targets.length > 0)
    log.info({ alertmanagers: targets.map(({ name }) => name) }, 'Alertmanager is told of alerts')
  const standing = defaultPolicy({
    integrations: integrationsOfEnv(env),
    groupWaitMs: env.NOTIFY_GROUP_WAIT,
    groupIntervalMs: env.NOTIFY_GROUP_INTERVAL,
    repeatIntervalMs: env.NOTIFY_REPEAT_INTERVAL,
    digestIntervalMs: env.DIGEST_INTERVAL,
    rateLimit: env.NOTIFY_RATE_LIMIT,
  })
  let held: HeldWork | undefined
  const { policy, channels, reload } = await startPolicy(ctx, standing, () => held?.adoptPolicy())
  const metrics = createNotifierMetrics(ctx.metrics)
  const publish = createPublishOutbox(bus, env.MAX_EVENT_BYTES)
  const quiet = await startSilences(ctx)
  const firing = await followAlerts(ctx, policy)

  await consumeDurable(ctx, {
    stream: 'NOTIFICATIONS',
    durable: 'notifier-requests',
    filterSubject: bus.subjects.notificationRequest,
    concurrency: 64,
    stages: requestStages({ bus, clock, policy, publish, metrics }),
  })
  const accept = {
    kv: await bus.kv('groups'),
    policy,
    publish,
    clock,
    retryWindowMs: env.ALERTMANAGER_RETRY_WINDOW,
  }
  const externalURL = env.NOTIFIER_EXTERNAL_URL ?? ctx.url
  const guard = createGuard(env, externalURL, MOST_BODY_BYTES, clock)
  addIntakeRoutes({ http, bus, clock, log, metrics, accept, guard })
  addLogRoutes(ctx)
  addReloadRoute(http, guard, reload)
  addDeadLetterRoutes({ ...ctx, guard, metrics, isServed: (channel) => isServed(policy(), channel) })
  addSilenceRoutes({ ...ctx, ...quiet, guard, firing, metrics })
  const acknowledging = { ...ctx, ...quiet, policy, guard, firing, metrics }
  addAcknowledgementRoutes(acknowledging)
  addAcknowledgePage({ ...acknowledging, letsBrowsersIn: letsBrowsersIn(env) })
  addV2Routes({
    ...ctx,
    ...quiet,
    policy,
    guard,
    startedMs,
    firing,
    metrics,
    publishPosted: createPublishPosted(bus, env.MAX_EVENT_BYTES),
    mayLog: createThrottle(clock),
  })

  addPreviewRoutes({
    ...ctx,
    guard,
    policy,
    channels,
    externalURL,
    timeoutMs: env.NOTIFY_SEND_TIMEOUT,
    silences: quiet.silences,
    firing,
  })

  const redis = ctx.redis()
  readiness.check('redis', () => redis.trouble(), { onlyDegrades: true })
  held = holdWork({
    ctx,
    channels,
    policy,
    formerPolicy: standing,
    hushed: {
      silencedBy: quiet.silences.silencedBy,
      acknowledged: quiet.acknowledgements.acknowledged,
      onChange: quiet.onChange,
    },
    attend: createAttend({ ctx, quiet, firing }),
    publish,
    firing,
    metrics,
    targets,
    tls,
    alertmanagerMetrics: createAlertmanagerMetrics(ctx.metrics),
    sent: createRecentIds(),
    externalURL,
  })
}
