import { messageOf } from '../errors.ts'
import type { Warn } from '../warn.ts'
import type { Family } from './family.ts'
import type { StoredMetric } from './prom-client.ts'

const underWay = new WeakSet<StoredMetric>()

/**
 * Runs the `collect` functions of metrics that have one; what they set is noticed like any change. One that fails
 * is said once, one that hangs is not called again before it has ended.
 */
export function collectMetrics(families: Iterable<Family>, warn: Warn): void {
  for (const { metric, name, registered } of [...families]) {
    if (!metric.collect || !registered || underWay.has(metric)) continue
    const failed = (error: unknown) =>
      warn(`collect ${name}`, `collecting '${name}' failed: ${messageOf(error)}`)
    try {
      const pending = metric.collect()
      if (!(pending instanceof Promise)) continue
      underWay.add(metric)
      pending.catch(failed).finally(() => underWay.delete(metric))
    } catch (error) {
      failed(error)
    }
  }
}
