import type { Registry } from 'prom-client'
import { hookMetric } from './hook-metric.ts'
import { exposedName, metricsOf, type StoredMetric } from './prom-client.ts'

/** A metric of a watched registry. */
export interface ObservedMetric {
  readonly metric: StoredMetric
  readonly name: string
  /** Set by a change, cleared by whoever publishes it. */
  changed: boolean
  /** It was registered under our eyes: what its counters say, they counted since. */
  readonly seenFromStart: boolean
}

export interface RegistryWatch {
  /** All metrics that are registered now. */
  metrics(): Iterable<ObservedMetric>
  /** Takes every metric for changed, for registries whose changes may escape the hooks. */
  suspect(): void
  unwatch(): void
}

type Method = (...args: unknown[]) => unknown

const REGISTRY_METHODS = ['registerMetric', 'removeSingleMetric', 'clear'] as const

/**
 * Follows a registry: what is registered in it, and what changes. `quiet` watches without hooks: its metrics go
 * out with full snapshots only, since publishing them would otherwise change them.
 */
export function watchRegistry(registry: Registry, changed: () => void, quiet = false): RegistryWatch {
  const observed = new Map<StoredMetric, ObservedMetric>()
  let live = true

  function observe(metric: StoredMetric, seenFromStart: boolean): void {
    if (observed.has(metric)) return
    const entry = { metric, name: exposedName(metric, registry), changed: !quiet, seenFromStart }
    observed.set(metric, entry)
    if (quiet) return
    hookMetric(metric, () => {
      entry.changed = true
      if (live) changed()
    })
  }

  function reconcile(seenFromStart: boolean): void {
    const present = metricsOf(registry)
    for (const metric of present) observe(metric, seenFromStart)
    if (observed.size === present.length) return
    const kept = new Set(present)
    for (const metric of observed.keys()) if (!kept.has(metric)) observed.delete(metric)
  }

  reconcile(false)
  const target = registry as unknown as Record<string, Method>
  const originals = REGISTRY_METHODS.map((name) => [name, target[name]] as const)
  for (const [name, method] of originals) {
    if (!method) continue
    target[name] = (...args: unknown[]) => {
      const result = method.apply(registry, args)
      reconcile(true)
      if (live && !quiet) changed()
      return result
    }
  }
  return {
    metrics: () => observed.values(),
    suspect() {
      for (const entry of observed.values()) entry.changed = true
    },
    unwatch() {
      live = false
      for (const [name, method] of originals) if (method) target[name] = method
    },
  }
}
