import type { BatchMetric } from '@tocsin/contract'
import type { BatchWriter } from '../../intake/batch-writer.ts'
import type { TimeWindow } from '../../remote-write/time-window.ts'
import type { Metric, MetricData } from '../model/metric.ts'
import type { KnownBounds } from './known-bounds.ts'
import type { OtlpName } from './metric-name.ts'
import type { MetricNamer } from './metric-namer.ts'
import { createDescriber, type MetricTarget } from './metric-target.ts'
import { createPointGate, type PointGateOptions } from './point-gate.ts'
import type { SharedLabels } from './point-labels.ts'
import type { PointReason, Refusals } from './refusals.ts'
import { writeHistograms } from './write-histograms.ts'
import { writeGauge, writeSum } from './write-numbers.ts'
import { writeSummaries } from './write-summaries.ts'

/** What the metrics of one resource and scope are written with. */
export interface MetricContext {
  readonly source: string
  readonly shared: SharedLabels
  readonly writer: BatchWriter
  readonly window: TimeWindow
  readonly nameOf: MetricNamer
  readonly known: KnownBounds
  readonly refusals: Refusals<PointReason>
  /** Notes the type of a metric; the one it is known as when that is another. */
  declare(name: string, type: BatchMetric['type']): BatchMetric['type'] | undefined
  took(timeMs: number): void
}

/** Writes the points of one metric; those that cannot be taken are noted. */
export function* writeMetric(context: MetricContext, metric: Metric): Generator<void> {
  const { data } = metric
  if (!data) return
  const { kind, type, reserved } = TRAITS[traitOf(data)]
  const formed = context.nameOf({ name: metric.name, unit: metric.unit, kind })
  if (!formed) {
    const detail = `no name can be made of '${metric.name}': give it letters, at most 500`
    return yield* refuseAll(context, data, 'invalid_name', detail)
  }
  const known = context.declare(formed.name, type)
  if (known !== undefined) {
    const detail = `metric ${formed.name} is published as ${known} and as ${type}: rename one of them`
    return yield* refuseAll(context, data, 'type_conflict', detail)
  }
  const { shared, window, refusals, source, writer, took } = context
  const gate = createPointGate({ metric: formed.name, shared, window, reserved, refusals })
  const describe = createDescriber(formed, metric.description.slice(0, MOST_HELP).toWellFormed())
  yield* writePoints({ source, name: formed.name, gate, writer, describe, took }, data, context.known)
}

/** The contract's limit for events; readers keep no more. */
const MOST_HELP = 1024

type Trait = 'gauge' | 'counter' | 'level' | 'histogram' | 'summary'

interface Traits {
  readonly kind: OtlpName['kind']
  readonly type: BatchMetric['type']
  readonly reserved?: PointGateOptions['reserved']
}

const TRAITS: Readonly<Record<Trait, Traits>> = {
  gauge: { kind: 'gauge', type: 'gauge' },
  counter: { kind: 'counter', type: 'counter' },
  level: { kind: 'other', type: 'gauge' },
  histogram: { kind: 'other', type: 'histogram', reserved: 'le' },
  summary: { kind: 'other', type: 'summary', reserved: 'quantile' },
}

function traitOf(data: MetricData): Trait {
  if (data.kind === 'sum') return data.monotonic ? 'counter' : 'level'
  return data.kind === 'exponential' ? 'histogram' : data.kind
}

function writePoints(target: MetricTarget, data: MetricData, known: KnownBounds): Generator<void> {
  switch (data.kind) {
    case 'gauge':
      return writeGauge(target, data)
    case 'sum':
      return writeSum(target, data)
    case 'histogram':
    case 'exponential':
      return writeHistograms(target, data, known)
    case 'summary':
      return writeSummaries(target, data)
  }
}

function* refuseAll(
  { refusals }: MetricContext,
  data: MetricData,
  reason: PointReason,
  detail: string,
): Generator<void> {
  let count = 0
  for (const _ of data.points) {
    count++
    yield
  }
  refusals.add(reason, detail, count)
}
