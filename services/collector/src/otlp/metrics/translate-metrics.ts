import type { BatchMetric } from '@tocsin/contract'
import { timeWindowAt } from '../../remote-write/time-window.ts'
import type { Attributes } from '../model/attributes.ts'
import type { Scope, ScopeMetrics } from '../model/metric.ts'
import { type Origin, originOf, promotedLabels, targetInfoOf } from '../resource.ts'
import {
  createSourceBatches,
  type RequestIdentity,
  type SourceBatches,
  type SourceMessages,
} from '../source-batches.ts'
import type { KnownBounds } from './known-bounds.ts'
import type { MetricNamer } from './metric-namer.ts'
import type { SharedLabels } from './point-labels.ts'
import { createRefusals, type PointReason, type Refusals } from './refusals.ts'
import { scopeLabels } from './scope-labels.ts'
import { type MetricContext, writeMetric } from './write-metric.ts'

export interface MetricOptions {
  /** Resource attributes that every series has as labels. */
  readonly resourceLabels: readonly string[]
  /** Whether every series has labels that name its instrumentation scope. */
  readonly scopeLabels: boolean
}

/** What translations of metrics share, from request to request. */
export interface MetricKnowledge {
  readonly nameOf: MetricNamer
  readonly known: KnownBounds
  /** What a metric is known as to the readers of the stream; undefined for one that is not. */
  readonly typeOf: (name: string) => BatchMetric['type'] | undefined
}

export interface TranslatedMetrics {
  readonly batches: readonly SourceMessages[]
  /** Data points that are taken. */
  readonly accepted: number
  readonly refusals: Refusals<PointReason>
}

/** What the metrics of a request are as batches; in steps, since they may be many. */
export function* translateMetrics(
  groups: Iterable<ScopeMetrics>,
  knowledge: MetricKnowledge,
  options: MetricOptions,
  request: RequestIdentity,
): Generator<void, TranslatedMetrics> {
  const refusals = createRefusals<PointReason>()
  const batches = createSourceBatches(request)
  const declare = createDeclarations(knowledge.typeOf)
  const window = timeWindowAt(request.nowMs)
  let accepted = 0
  let current: ResourceState | undefined
  for (const { resource, scope, metrics } of groups) {
    if (current?.resource !== resource) {
      if (current) writeTargetInfo(current, batches)
      current = { resource, origin: originOf(resource), newestMs: 0 }
    }
    const state = current
    const context: MetricContext = {
      ...knowledge,
      source: state.origin.service,
      shared: sharedLabels(state, scope, options),
      writer: batches.writer(state.origin.service),
      window,
      refusals,
      declare,
      took(timeMs) {
        accepted++
        state.newestMs = Math.max(state.newestMs, timeMs)
      },
    }
    for (const metric of metrics) {
      yield
      yield* writeMetric(context, metric)
    }
  }
  if (current) writeTargetInfo(current, batches)
  return { batches: batches.finish(), accepted, refusals }
}

interface ResourceState {
  readonly resource: Attributes
  readonly origin: Origin
  /** Of its points that were taken; 0 when there was none. */
  newestMs: number
}

function sharedLabels(
  { resource, origin }: ResourceState,
  scope: Scope,
  options: MetricOptions,
): SharedLabels {
  const base = {
    ...promotedLabels(resource, options.resourceLabels),
    ...(options.scopeLabels ? scopeLabels(scope) : {}),
    service: origin.service,
  }
  return { base, identity: origin.identity }
}

const TARGET_INFO: BatchMetric = {
  name: 'target_info',
  type: 'gauge',
  help: 'Always 1; the labels are what the resource of a target says of it.',
}

/** Once for each resource of a request, at the time of its newest point. */
function writeTargetInfo({ resource, origin, newestMs }: ResourceState, batches: SourceBatches): void {
  const labels = targetInfoOf(resource, origin)
  if (labels && newestMs > 0) batches.writer(origin.service).series(TARGET_INFO, labels).sample(1, newestMs)
}

/** Within a request, the first type of a metric holds; before that, the one that it is known as. */
function createDeclarations(typeOf: MetricKnowledge['typeOf']): MetricContext['declare'] {
  const declared = new Map<string, BatchMetric['type']>()
  return (name, type) => {
    const known = declared.get(name) ?? typeOf(name) ?? 'untyped'
    if (known !== 'untyped' && known !== type) return known
    declared.set(name, type)
    return undefined
  }
}
