import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { metricCatalogue } from './catalogue.ts'
import { hostDefinitions } from './host-catalogue.ts'
import type { MetricDefinition } from './metric-definition.ts'
import { bucketBounds, metricName, publishedLabels } from './metric-event.ts'

/** One exposition of a metric as Prometheus scrapes it, with a value for every label. */
function expose(metric: MetricDefinition): string {
  const labels = metric.labels.map((name) => `${name}="x"`)
  const line = (suffix: string, more: readonly string[] = []) => {
    const all = [...labels, ...more]
    return `${metric.name}${suffix}${all.length > 0 ? `{${all.join(',')}}` : ''} 1`
  }
  const samples =
    metric.type === 'histogram'
      ? [
          ...[...(metric.buckets ?? []), '+Inf'].map((le) => line('_bucket', [`le="${le}"`])),
          line('_sum'),
          line('_count'),
        ]
      : [line('')]
  return [`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} ${metric.type}`, ...samples].join(
    '\n',
  )
}

describe('the metric catalogue', () => {
  it('defines every name once', () => {
    const names = metricCatalogue.map((metric) => metric.name)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(metricCatalogue)('$name is what the contract lets an application publish', (metric) => {
    expect(metricName.safeParse(metric.name).success).toBe(true)
    const labels = Object.fromEntries(metric.labels.map((name) => [name, 'x']))
    expect(publishedLabels.safeParse(labels).success).toBe(true)
    expect(metric.type === 'histogram').toBe(metric.buckets !== undefined)
    if (metric.buckets) expect(bucketBounds.safeParse(metric.buckets).success).toBe(true)
    if (metric.unit) expect(metric.name).toMatch(new RegExp(`_${metric.unit}(_total)?$`))
  })

  it('passes promtool, except where node_exporter has fixed a name that does not', () => {
    const fixedElsewhere = new Set<string>(
      hostDefinitions.map((metric) => metric.name).filter((name) => /[a-z][A-Z]|_[A-Z]/.test(name)),
    )
    const ours = metricCatalogue.filter((metric) => !fixedElsewhere.has(metric.name))
    const input = `${ours.map(expose).join('\n')}\n`
    expect(() => execFileSync('promtool', ['check', 'metrics'], { input, stdio: 'pipe' })).not.toThrow()
  })
})
