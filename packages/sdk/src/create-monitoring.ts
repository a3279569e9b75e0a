import {
  type CapacityForecast,
  dbObservabilityDefinitions,
  type SlaPeriod,
  type SlaReport,
} from '@tocsin/contract'
import { Registry } from 'prom-client'
import { checkOptions } from './check-options.ts'
import { systemClock, within } from './clock.ts'
import { readEnv } from './env.ts'
import { MonitoringError } from './errors.ts'
import { createRequestMonitor, type Middleware } from './http/monitor-requests.ts'
import { setParts } from './monitoring-parts.ts'
import { configure, DEFAULT_MAX_SERIES, type MonitoringOptions } from './options.ts'
import { watchRegistry } from './publish/watch-registry.ts'
import { addNodeMetrics } from './record/add-node-metrics.ts'
import { type Catalogued, defineMetrics } from './record/built-in-metrics.ts'
import { createMetrics, type Metrics } from './record/create-metrics.ts'
import { createRecorder, type Recorder } from './record/create-recorder.ts'
import { createSelfReport } from './report-self.ts'
import { callService } from './requests/call-service.ts'
import { type AlertManager, createRuleQueue } from './requests/custom-rules.ts'
import { createHealthChecks, type HealthChecks } from './requests/health-checks.ts'
import type { Notifier } from './requests/notify.ts'
import { findTracing, type Tracing } from './series/active-trace.ts'
import { createIds, type Session, startSession } from './session.ts'
import { createWarner } from './warn.ts'

/** How monitoring itself is. */
export interface MonitoringStatus {
  readonly started: boolean
  readonly connected: boolean
  /** Port of the application's own `/metrics`, when it serves one. */
  readonly metricsPort: number | undefined
  /** Batches of samples that were stored, and that could not be (they were sent again); series refused; connections made. */
  readonly counts: {
    readonly stored: number
    readonly failed: number
    readonly refused: number
    readonly connections: number
  }
}

/** Everything that the SDK does, for one application. */
export interface Monitoring extends Recorder, Pick<Notifier, 'notify'> {
  readonly metrics: Metrics
  readonly dbObservabilityMetrics: Catalogued<typeof dbObservabilityDefinitions>
  readonly alertManager: AlertManager
  /** Runs a check of the application's own; returns what removes it. Throws `invalid_argument`. */
  readonly addCustomHealthCheck: HealthChecks['add']
  monitorRequests(): Middleware
  getSLAReport(period: SlaPeriod): Promise<SlaReport>
  getCapacityForecast(resource: string, days?: number): Promise<CapacityForecast>
  /** Begins to publish. Does not wait for NATS. A second call changes nothing. */
  start(options?: MonitoringOptions): Promise<void>
  status(): MonitoringStatus
  /**
   * Stores what was recorded until now, within `timeoutMs` (3000): for the end of an invocation, before a process is
   * frozen. Resolves with whether everything is stored; never rejects.
   */
  flush(options?: { readonly timeoutMs?: number }): Promise<boolean>
  /** Publishes what is left, waits for notifications under way, and closes; takes `timeoutMs` twice at most. */
  shutdown(options?: { readonly timeoutMs?: number }): Promise<void>
}

const SHUTDOWN_MS = 3000
const FLUSH_MS = 3000
const RULE_TIMEOUT_MS = 5000
const DEFAULT_FORECAST_DAYS = 30

/** Makes an application's monitoring. Nothing runs before `start()`, but metrics, rules and checks can be added. */
export function createMonitoring(defaults: MonitoringOptions = {}): Monitoring {
  const clock = systemClock
  let write = defaults.onWarning ?? ((message: string) => console.warn(`[tocsin] ${message}`))
  const warn = createWarner((message) => write(message))
  const registry = new Registry()
  const touch = () => session?.publisher.touch()
  const own = watchRegistry(registry, touch)
  const self = createSelfReport()
  const uses = { http: false, database: false, agents: false }
  const collectors: (() => Promise<void>)[] = []
  const tracking = {
    touch,
    maxSeries: defaults.maxSeriesPerMetric ?? DEFAULT_MAX_SERIES,
    refuse(metric: string) {
      warn(`many ${metric}`, `'${metric}' has ${tracking.maxSeries} series: what is new is not told apart`)
      self.refused('too_many_series')
    },
    now: clock.now,
    tracing: { active: undefined } as Tracing,
  }
  const metrics = createMetrics(registry, tracking)
  const recorder = createRecorder(metrics, warn, uses)
  const checks = createHealthChecks(clock, createIds())
  let session: Session | undefined
  let changing: Promise<void> = Promise.resolve()

  const rules = createRuleQueue({
    put: () =>
      session && ((rule) => callService(running(), 'alert-evaluator', 'put-rule', rule, RULE_TIMEOUT_MS)),
    clock,
    warn,
  })

  function running() {
    if (!session)
      throw new MonitoringError(
        'not_initialized',
        'monitoring has not started: call initializeMonitoring() first',
      )
    const { bus, notifier, configuration } = session
    return { bus, notifier, subjects: configuration.subjects }
  }

  async function open(options: MonitoringOptions): Promise<void> {
    if (session) return warn('started', 'initializeMonitoring() was called before; the first call holds')
    const { environment, faults } = readEnv()
    const checked = checkOptions({ ...defaults, ...options })
    const configuration = configure(checked.options, environment)
    write = checked.options.onWarning ?? write
    for (const fault of [...faults, ...checked.faults]) warn(fault, fault)
    tracking.maxSeries = configuration.maxSeriesPerMetric
    await findTracing(tracking.tracing)
    self.describe(configuration.version, configuration.environment)
    if (configuration.nodeMetrics) addNodeMetrics(registry)
    session = await startSession({
      configuration,
      own,
      registry,
      self,
      onConnected() {
        checks.republish()
        rules.retry()
      },
      onTrouble: (message) => write(message),
      clock,
      warn,
    })
    const { bus } = session
    const { service, subjects } = configuration
    checks.start(service, (event) => bus.store(subjects.health(service, event.check), JSON.stringify(event)))
    rules.retry()
  }

  /** What others measure is asked for once more before the end. */
  async function collectLast(): Promise<void> {
    await Promise.allSettled(collectors.map((collect) => collect()))
  }

  async function close(timeoutMs: number): Promise<void> {
    const ending = session
    if (!ending) return
    const half = timeoutMs / 2
    await within(
      half,
      Promise.all([checks.stop(), collectLast()]).then(() => {}),
      clock,
    )
    await ending.stop(half)
    rules.stop()
    session = undefined
  }

  // One after the other, so that a shutdown during a start finds something to shut down.
  function inTurn(step: () => Promise<void>): Promise<void> {
    const done = changing.then(step)
    changing = done.catch(() => {})
    return done
  }

  const monitoring: Monitoring = {
    metrics,
    ...recorder,
    dbObservabilityMetrics: defineMetrics(registry, dbObservabilityDefinitions, tracking),
    monitorRequests() {
      uses.http = true
      return createRequestMonitor(recorder.recordHttpRequest, tracking.tracing)
    },
    alertManager: {
      addCustomRule: rules.add,
      async listCustomRules() {
        return (await callService(running(), 'alert-evaluator', 'list-rules', {})).rules
      },
      async removeCustomRule(name) {
        rules.forget(name)
        return (await callService(running(), 'alert-evaluator', 'delete-rule', { name })).deleted
      },
    },
    addCustomHealthCheck: checks.add,
    async notify(...message) {
      return await running().notifier.notify(...message)
    },
    async getSLAReport(period) {
      return await callService(running(), 'sla', 'report', { period })
    },
    async getCapacityForecast(resource, days = DEFAULT_FORECAST_DAYS) {
      return await callService(running(), 'capacity', 'forecast', { resource, days })
    },
    start: (options = {}) => inTurn(() => open(options)),
    status: () => ({
      started: session !== undefined,
      connected: session?.bus.connected ?? false,
      metricsPort: session?.endpoint?.port,
      counts: { ...self.counts },
    }),
    async flush({ timeoutMs = FLUSH_MS } = {}) {
      const started = clock.now()
      await within(timeoutMs, collectLast(), clock)
      return (await session?.flush(timeoutMs - (clock.now() - started))) ?? false
    },
    shutdown: ({ timeoutMs = SHUTDOWN_MS } = {}) => inTurn(() => close(timeoutMs)),
  }
  setParts(monitoring, {
    recorder,
    uses,
    tracking,
    self,
    clock,
    warn,
    session: () => session,
    onFlush: (collect) => void collectors.push(collect),
  })
  return monitoring
}
