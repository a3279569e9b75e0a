import { type Attributes, type AttributeValue, noAttributes } from '../model/attributes.ts'
import {
  type Metric,
  type MetricData,
  type Scope,
  type ScopeMetrics,
  TEMPORALITIES,
} from '../model/metric.ts'
import { findField } from './find-field.ts'
import type { MessageReader } from './message-reader.ts'
import {
  METRIC,
  METRIC_DATA,
  METRICS_REQUEST,
  RESOURCE,
  RESOURCE_METRICS,
  SCOPE,
  SCOPE_METRICS,
} from './messages.ts'
import { type Encoding, openBody } from './open-body.ts'
import { readAttribute, readAttributesOf } from './read-attributes.ts'
import { readExponentialPoint, readHistogramPoint } from './read-histograms.ts'
import { readNumberPoint, readSummaryPoint } from './read-points.ts'

/**
 * The metrics of an ExportMetricsServiceRequest, each read when it is come to, and so is each data point.
 * @throws OtlpError, while they are walked through, where the body is no such message
 */
export function* readMetrics(body: Buffer, encoding: Encoding): Generator<ScopeMetrics> {
  const reader = openBody(body, encoding, METRICS_REQUEST)
  while (reader.next()) {
    if (reader.field === 1) {
      const outer = reader.enter(RESOURCE_METRICS)
      yield* readScopes(
        reader,
        findField(reader, 1, () => readAttributesOf(reader, RESOURCE, 1), noAttributes()),
      )
      reader.leave(outer)
    } else reader.skip()
  }
  reader.finish()
}

const NO_SCOPE: Scope = { name: '', version: '', attributes: noAttributes() }

function* readScopes(reader: MessageReader, resource: Attributes): Generator<ScopeMetrics> {
  while (reader.next()) {
    if (reader.field === 2) {
      const outer = reader.enter(SCOPE_METRICS)
      const scope = findField(reader, 1, () => readScope(reader), NO_SCOPE)
      yield { resource, scope, metrics: readList(reader) }
      reader.leave(outer)
    } else reader.skip()
  }
}

function readScope(reader: MessageReader): Scope {
  let name = ''
  let version = ''
  const attributes = new Map<string, AttributeValue>()
  const outer = reader.enter(SCOPE)
  while (reader.next()) {
    if (reader.field === 1) name = reader.text()
    else if (reader.field === 2) version = reader.text()
    else if (reader.field === 3) readAttribute(reader, attributes)
    else reader.skip()
  }
  reader.leave(outer)
  return { name, version, attributes }
}

function* readList(reader: MessageReader): Generator<Metric> {
  while (reader.next()) {
    if (reader.field === 2) {
      const outer = reader.enter(METRIC)
      const metric = readMetric(reader)
      reader.leave(outer)
      yield metric
    } else reader.skip()
  }
}

/** The data is left for the one who walks through the points. */
function readMetric(reader: MessageReader): Metric {
  let name = ''
  let description = ''
  let unit = ''
  let data: MetricData | undefined
  while (reader.next()) {
    if (reader.field === 1) name = reader.text()
    else if (reader.field === 2) description = reader.text()
    else if (reader.field === 3) unit = reader.text()
    else {
      data = readData(reader.field, reader) ?? data
      reader.skip()
    }
  }
  return { name, description, unit, data }
}

/** What is in the present field, if it is data; by a reader of its own, since the points are read later. */
function readData(field: number, metric: MessageReader): MetricData | undefined {
  if (!DATA.has(field)) return undefined
  const reader = metric.fork(metric.mark)
  reader.enter(METRIC_DATA)
  // It may stand behind the points: only whoever needs it looks for it.
  const temporality = () =>
    findField(
      reader,
      2,
      () => reader.enumeration(TEMPORALITIES, 'AGGREGATION_TEMPORALITY_'),
      TEMPORALITIES[0],
    )
  switch (field) {
    case GAUGE:
      return { kind: 'gauge', points: readPoints(reader, readNumberPoint) }
    case SUM: {
      const monotonic = findField(reader, 3, () => reader.bool(), false)
      return {
        kind: 'sum',
        temporality: temporality(),
        monotonic,
        points: readPoints(reader, readNumberPoint),
      }
    }
    case HISTOGRAM:
      return { kind: 'histogram', temporality: temporality(), points: readPoints(reader, readHistogramPoint) }
    case EXPONENTIAL:
      return {
        kind: 'exponential',
        temporality: temporality(),
        points: readPoints(reader, readExponentialPoint),
      }
    default:
      return { kind: 'summary', points: readPoints(reader, readSummaryPoint) }
  }
}

const GAUGE = 5
const SUM = 7
const HISTOGRAM = 9
const EXPONENTIAL = 10
const SUMMARY = 11
const DATA: ReadonlySet<number> = new Set([GAUGE, SUM, HISTOGRAM, EXPONENTIAL, SUMMARY])

function* readPoints<P>(reader: MessageReader, read: (reader: MessageReader) => P): Generator<P> {
  while (reader.next()) {
    if (reader.field === 1) yield read(reader)
    else reader.skip()
  }
}
