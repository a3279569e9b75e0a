import { fingerprint } from '@tocsin/contract'
import type { Queryable } from '@tocsin/promql'
import {
  type AlertingRule,
  compileExpression,
  expandTemplates,
  type Sample,
  type TemplateContext,
} from '@tocsin/rules'
import type { Observation } from '../alerts/alert.ts'
import { EvaluationError } from './evaluation-error.ts'
import { withoutEmpty } from './labels-key.ts'

export interface ObserveDeps {
  readonly queryable: Queryable
  readonly externalURL: string
}

/**
 * What an alerting rule's result says about each alert.
 * @throws EvaluationError when two results are the same alert; QueryError when the expression fails
 */
export function observeAlerts(
  rule: AlertingRule,
  { queryable, externalURL }: ObserveDeps,
  queryMs: number,
  atMs: number,
): readonly Observation[] {
  const context: TemplateContext = {
    query: (expr) => compileExpression(expr).evaluate(queryable, queryMs),
    nowMs: atMs,
    externalURL,
  }
  const seen = new Set<string>()
  return rule.query.evaluate(queryable, queryMs).map((sample) => {
    const observation = observe(rule, sample, context)
    if (seen.has(observation.fingerprint))
      throw new EvaluationError(
        'same_labels',
        'vector contains metrics with the same labelset after applying alert labels',
      )
    seen.add(observation.fingerprint)
    return observation
  })
}

function observe(rule: AlertingRule, { labels, value }: Sample, context: TemplateContext): Observation {
  const data = { labels, externalLabels: {}, value }
  const { __name__: _, ...own } = labels
  const all = withoutEmpty({ ...own, ...expandTemplates(rule.labels, data, context), alertname: rule.name })
  return {
    fingerprint: fingerprint(all),
    labels: all,
    annotations: expandTemplates(rule.annotations, data, context),
    value,
  }
}
