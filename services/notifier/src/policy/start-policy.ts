import type { ServiceContext } from '@tocsin/runtime'
import { createNet } from '../channels/net/net.ts'
import { channelKinds, createChannel } from '../channels/registry.ts'
import type { NotifierEnv } from '../env.ts'
import { createPolicyMetrics } from '../metrics.ts'
import { loadTemplates } from '../templates/load-templates.ts'
import { type ChannelSet, createChannelSet } from '../work/channel-set.ts'
import { loadPolicy } from './config/load-policy.ts'
import type { Policy } from './policy.ts'
import { startPolicySource } from './policy-source.ts'

export interface StartedPolicy {
  /** The policy that holds now. */
  readonly policy: () => Policy
  readonly channels: ChannelSet
  /** Reads the configuration file again, where there is one. @throws {PolicyError} when it is refused */
  readonly reload: () => Promise<void>
}

/**
 * The policy of the file that NOTIFIER_CONFIG names, which is followed; without one, the standing policy.
 * `adopt` is called when another one holds. @throws {PolicyError} when the file is refused
 */
export async function startPolicy(
  { env, clock, log, lifecycle, readiness, metrics }: ServiceContext<NotifierEnv>,
  standing: Policy,
  adopt: () => Promise<void> | undefined,
): Promise<StartedPolicy> {
  const channels = createChannelSet()
  const net = createNet({ allowPrivate: env.WEBHOOK_ALLOW_PRIVATE })
  lifecycle.onStop('channels', channels.close)

  /** Makes the channels of a policy; the way to go over to them. */
  async function prepare(policy: Policy): Promise<() => Promise<void>> {
    const { templates } = await loadTemplates(policy.templateFiles, clock)
    const commit = channels.prepare(policy, {
      create: (integration) => createChannel(integration, { clock, net, templates }),
      makeAnew: policy.templateFiles.length > 0,
    })
    return async () => {
      const closeFormer = commit()
      const names = channels.all().map(({ name }) => name)
      if (names.length === 0) log.warn(NOBODY)
      else log.info({ channels: names }, 'channels')
      await adopt()
      closeFormer()
    }
  }

  const file = env.NOTIFIER_CONFIG
  const policyMetrics = createPolicyMetrics(metrics)
  if (file === undefined) {
    await (await prepare(standing))()
    policyMetrics.loaded(clock.now())
    return { policy: () => standing, channels, reload: () => Promise.resolve() }
  }
  const source = await startPolicySource({
    file,
    load: () => loadPolicy(file, channelKinds),
    prepare,
    clock,
    log,
    metrics: policyMetrics,
  })
  readiness.check('configuration', source.trouble, { onlyDegrades: true })
  const onHangUp = () => void source.reload().catch(() => {})
  process.on('SIGHUP', onHangUp)
  lifecycle.onStop('configuration', () => {
    process.off('SIGHUP', onHangUp)
    source.stop()
  })
  return { policy: source.now, channels, reload: source.reload }
}

const NOBODY =
  'no channel is configured, so nobody will be told: see NOTIFIER_CONFIG, EMAIL_TO, SLACK_WEBHOOK_URL, WEBHOOK_URL'
