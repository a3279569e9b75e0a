import type { RuleRef } from '@tocsin/alerting'

/** Where an alert links to: Prometheus' own page when there is one, else the rule in this service's API. */
export function linkToRule(prometheusURL: string | undefined, ownURL: string): (rule: RuleRef) => string {
  return ({ name }) => {
    if (prometheusURL === undefined) return `${ownURL}/api/v1/rules?rule_name[]=${encodeURIComponent(name)}`
    const expr = encodeURIComponent(`ALERTS{alertname=${JSON.stringify(name)}}`)
    return `${prometheusURL.replace(/\/$/, '')}/graph?g0.expr=${expr}&g0.tab=1`
  }
}
