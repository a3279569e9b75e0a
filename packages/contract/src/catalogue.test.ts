import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { metricCatalogue, metricGroups } from './catalogue.ts'
import { containerMetrics } from './container-catalogue.ts'
import { hostMetrics } from './host-catalogue.ts'
import { kernelMetrics } from './kernel-catalogue.ts'
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

  it('has an example, a title and a publisher for every group', () => {
    for (const { title, about, publishers, examples } of metricGroups) {
      expect(about, title).toMatch(/\.$/)
      expect(publishers.length, title).toBeGreaterThan(0)
      expect(examples.length, title).toBeGreaterThan(0)
    }
    expect(new Set(metricGroups.map(({ title }) => title)).size).toBe(metricGroups.length)
  })

  it('passes promtool, except where others have fixed a name that does not', () => {
    const fixedElsewhere = (name: string) =>
      name.startsWith('traces_span_metrics_') ||
      (name in hostMetrics && /[a-z][A-Z]|_[A-Z]/.test(name)) ||
      (name in kernelMetrics && /^node_(?:vmstat|netstat|sockstat)_/.test(name)) ||
      (name in containerMetrics && /_(?:cache|rss|swap|failcnt|period|quota|shares)$/.test(name))
    const ours = metricCatalogue.filter((metric) => !fixedElsewhere(metric.name))
    const input = `${ours.map(expose).join('\n')}\n`
    expect(() => execFileSync('promtool', ['check', 'metrics'], { input, stdio: 'pipe' })).not.toThrow()
  })
})
