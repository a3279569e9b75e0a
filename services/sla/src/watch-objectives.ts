import type {
  NotificationRequest,
  SlaReport,
  SlaReportEvent,
  SlaViolationEvent,
  SloStatus,
} from '@tocsin/contract'
import { messageOf, type ServiceContext, sleep } from '@tocsin/runtime'
import type { MeasureBurnRates } from './burn-rates.ts'
import type { SlaEnv } from './env.ts'
import { breachMessage, findBreaches, statesAfter } from './find-breaches.ts'
import { createObjectiveGauges } from './objective-gauges.ts'
import type { ReportPeriod } from './report-period.ts'
import type { Standings } from './standings.ts'

/**
 * Looks at every objective now and then at its interval: metrics each time, a violation and a message to people when
 * one is breached that was not, reports at the reporting interval. The function returned ends it.
 */
export function watchObjectives(
  ctx: ServiceContext<SlaEnv>,
  report: ReportPeriod,
  burnRates: MeasureBurnRates,
  standings: Standings,
): () => Promise<void> {
  const { env, clock, log } = ctx
  const aborter = new AbortController()
  const show = createObjectiveGauges(ctx.metrics)
  let reportedAt = Number.NEGATIVE_INFINITY

  async function look(): Promise<void> {
    const [day, burning] = await Promise.all([report('day'), burnRates()])
    show(day.slos, burning)
    const before = await standings.read()
    for (const slo of findBreaches(before, day.slos)) await tellBreach(ctx, day, slo)
    await standings.write(statesAfter(before, day.slos))
    if (clock.now() - reportedAt < env.SLA_REPORTING_INTERVAL) return
    reportedAt = clock.now()
    for (const slo of day.slos) await publishReport(ctx, day, slo)
  }

  async function run(): Promise<void> {
    while (!aborter.signal.aborted) {
      await look().catch((error: unknown) =>
        log.warn({ err: error }, `the objectives could not be looked at, trying again: ${messageOf(error)}`),
      )
      await sleep(clock, env.SLA_EVALUATION_INTERVAL, aborter.signal)
    }
  }

  const running = run()
  return () => {
    aborter.abort()
    return running
  }
}

async function tellBreach(
  { bus, name, log }: ServiceContext<SlaEnv>,
  report: SlaReport,
  slo: SloStatus,
): Promise<void> {
  const message = breachMessage(slo)
  log.warn({ slo: slo.name, compliance: slo.compliance, target: slo.target }, message)
  const envelope = { v: 1, id: `${slo.name}-breach-${report.to}`, time: report.to, source: name } as const
  const violation: SlaViolationEvent = { ...envelope, period: report.period, slo, message }
  const request: NotificationRequest = {
    ...envelope,
    title: `SLO ${slo.name} is breached`,
    message,
    severity: 'high',
    metadata: { slo: slo.name, target: slo.target, compliance: slo.compliance, period: report.period },
  }
  await bus.publish(bus.subjects.slaViolation(slo.name), violation, { msgId: envelope.id })
  await bus.publish(bus.subjects.notificationRequest, request, { msgId: envelope.id })
}

async function publishReport(
  { bus, name }: ServiceContext<SlaEnv>,
  report: SlaReport,
  slo: SloStatus,
): Promise<void> {
  const { period, from, to } = report
  const event: SlaReportEvent = {
    v: 1,
    id: `${slo.name}-${period}-${to}`,
    time: to,
    source: name,
    period,
    from,
    to,
    slo,
  }
  await bus.publish(bus.subjects.slaReport(slo.name), event, { msgId: event.id })
}
