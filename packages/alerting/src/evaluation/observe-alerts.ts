import { fingerprint } from '@tocsin/contract'
import type { Labels, Queryable } from '@tocsin/promql'
import { type AlertingRule, compileExpression, expandTemplates } from '@tocsin/rules'
import type { Sample, TemplateContext } from '@tocsin/templates'
import type { Observation } from '../alerts/alert.ts'
import { EvaluationError } from './evaluation-error.ts'
import { withoutEmpty } from './labels-key.ts'
import { originOf } from './origin-of.ts'

export interface ObserveDeps {
  readonly queryable: Queryable
  readonly externalURL: string
  /** What templates see as `$externalLabels`. */
  readonly externalLabels?: Labels
}

const NOTHING: readonly Observation[] = []
const NO_LABELS: Labels = {}

/**
 * What an alerting rule's result says about each alert.
 * @throws EvaluationError when two results are the same alert; QueryError when the expression fails
 */
export function observeAlerts(
  rule: AlertingRule,
  { queryable, externalURL, externalLabels = NO_LABELS }: ObserveDeps,
  queryMs: number,
  atMs: number,
): readonly Observation[] {
  const samples = rule.query.evaluate(queryable, queryMs)
  if (samples.length === 0) return NOTHING
  const context = templateContext({ queryable, externalURL }, queryMs, atMs)
  const seen = new Set<string>()
  return samples.map((sample) => {
    const observation = observe(rule, sample, context, externalLabels)
    if (seen.has(observation.fingerprint))
      throw new EvaluationError(
        'same_labels',
        'vector contains metrics with the same labelset after applying alert labels',
      )
    seen.add(observation.fingerprint)
    return observation
  })
}

/** What the templates of one evaluation may ask for. */
export function templateContext(
  { queryable, externalURL }: ObserveDeps,
  queryMs: number,
  atMs: number,
): TemplateContext {
  return { query: queryOnce(queryable, queryMs), nowMs: atMs, externalURL }
}

// A template may ask in a loop; what it asks is text that anyone may have put.
const MOST_QUERIES = 50

/** The queries of one evaluation's templates: each is run once, however many alerts ask it. */
function queryOnce(queryable: Queryable, queryMs: number): TemplateContext['query'] {
  const known = new Map<string, readonly Sample[]>()
  return (expr) => {
    const before = known.get(expr)
    if (before) return before
    if (known.size >= MOST_QUERIES)
      throw new EvaluationError(
        'limit',
        `more than ${MOST_QUERIES} different queries in the templates of one rule`,
      )
    const samples = compileExpression(expr).evaluate(queryable, queryMs)
    known.set(expr, samples)
    return samples
  }
}

/** Who an alert is: its labels and their fingerprint. */
type Identity = Pick<Observation, 'fingerprint' | 'labels' | 'origin'>

// Label objects of stored series are always the same ones: where a rule's own labels are plain text, so is the alert.
const identities = new WeakMap<AlertingRule, WeakMap<Labels, Identity>>()

/** One label set of a result as the alert that it is. */
export function observe(
  rule: AlertingRule,
  { labels, value }: Sample,
  context: TemplateContext,
  externalLabels: Labels,
): Observation {
  const data = { labels, externalLabels, value }
  const known = identities.get(rule)?.get(labels)
  const identity = known ?? identify(rule, labels, expandTemplates(rule.labels, data, context))
  return { ...identity, annotations: expandTemplates(rule.annotations, data, context), value }
}

function identify(rule: AlertingRule, labels: Labels, own: Labels): Identity {
  const { __name__: _, ...rest } = labels
  const all = withoutEmpty({ ...rest, ...own, alertname: rule.name })
  const origin = rule.additions?.data ? { origin: originOf(labels) } : {}
  const identity = { fingerprint: fingerprint(all), labels: all, ...origin }
  if (rule.labels.every(({ text }) => !text.includes('{{'))) {
    const byLabels = identities.get(rule) ?? new WeakMap<Labels, Identity>()
    identities.set(rule, byLabels.set(labels, identity))
  }
  return identity
}
