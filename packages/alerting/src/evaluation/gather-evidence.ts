import type { Labels, Queryable } from '@tocsin/promql'
import { type AlertingRule, type Compiled, expandTemplates } from '@tocsin/rules'
import type { Alert, Observation } from '../alerts/alert.ts'
import type { Evidence } from '../alerts/unobserved.ts'
import { createAgreement } from './agreeing-labels.ts'
import { type ObserveDeps, observe, templateContext } from './observe-alerts.ts'
import { originOf } from './origin-of.ts'

interface Evaluation {
  readonly queryMs: number
  readonly atMs: number
  readonly alerts: ReadonlyMap<string, Alert>
  readonly observed: readonly Observation[]
}

/**
 * What a rule must know beyond its result, if it asks for more than Prometheus does.
 * @throws QueryError when one of its further expressions fails
 */
export function gatherEvidence(
  rule: AlertingRule,
  deps: ObserveDeps,
  { queryMs, atMs, alerts, observed }: Evaluation,
): Evidence | undefined {
  const { data, resolve, noData } = rule.additions ?? {}
  if (!data) return undefined
  const { queryable, externalLabels = {} } = deps
  const context = templateContext(deps, queryMs, atMs)
  const samples = once(() => data.evaluate(queryable, queryMs))
  const values = once(() => new Map(samples().map(({ labels, value }) => [originOf(labels), value])))
  // What came without an origin is from before the rule asked for this: it has data until the opposite is seen.
  const valueFor = ({ origin, value }: Alert) => (origin === undefined ? value : values().get(origin))
  const agrees = once(() => agreementOf(rule, resolve, queryable, queryMs))
  return {
    valueOf: valueFor,
    mayResolve: ({ labels }) => agrees()(labels),
    annotate: ({ labels, value }) =>
      expandTemplates(rule.annotations, { labels, externalLabels, value }, context),
    get watched() {
      if (noData?.policy !== 'alert') return []
      const known = new Set([...alerts.values(), ...observed].map(({ origin }) => origin))
      return samples()
        .filter(({ labels }) => !known.has(originOf(labels)))
        .map((sample) => observe(rule, sample, context, externalLabels))
    },
  }
}

function agreementOf(
  rule: AlertingRule,
  resolve: Compiled | undefined,
  queryable: Queryable,
  queryMs: number,
): (labels: Labels) => boolean {
  if (!resolve) return () => true
  const own = new Set(['alertname', ...rule.labels.map(({ name }) => name)])
  return createAgreement(
    resolve.evaluate(queryable, queryMs).map(({ labels }) => labels),
    own,
  )
}

/** Most evaluations ask for none of it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
