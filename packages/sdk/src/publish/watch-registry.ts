import type { Registry } from 'prom-client'
import { createFamily, type Family } from './family.ts'
import { hookMetric } from './hook-metric.ts'
import { exposedName, metricsOf, type StoredMetric } from './prom-client.ts'

export interface RegistryWatch {
  /** All metrics that are registered now, and those that were, until readers know that they are no more. */
  families(): Iterable<Family>
  /** Takes every metric for changed, for registries whose changes may escape the hooks. */
  suspect(): void
  unwatch(): void
}

type Method = (...args: unknown[]) => unknown

const REGISTRY_METHODS = ['registerMetric', 'removeSingleMetric', 'clear'] as const

/** Follows a registry: what is registered in it, and what changes. */
export function watchRegistry(registry: Registry, changed: () => void): RegistryWatch {
  const families = new Map<StoredMetric, Family>()
  let live = true
  const touch = () => {
    if (live) changed()
  }

  function observe(metric: StoredMetric, seenFromStart: boolean): void {
    const known = families.get(metric)
    if (known?.registered) return
    if (known) {
      known.registered = true
      known.table.resume()
      return
    }
    const family = createFamily(metric, exposedName(metric, registry), seenFromStart)
    families.set(metric, family)
    hookMetric(metric, () => {
      family.suspect()
      touch()
    })
  }

  function reconcile(seenFromStart: boolean): void {
    const present = metricsOf(registry)
    for (const metric of present) observe(metric, seenFromStart)
    if (families.size === present.length) return
    const kept = new Set(present)
    for (const [metric, family] of families) {
      if (kept.has(metric) || !family.registered) continue
      family.registered = false
      family.table.endAll()
    }
  }

  function* listFamilies(): Generator<Family> {
    for (const [metric, family] of families)
      if (family.registered || family.table.ended.size > 0) yield family
      else families.delete(metric)
  }

  reconcile(false)
  const target = registry as unknown as Record<string, Method>
  const originals = REGISTRY_METHODS.map((name) => [name, target[name]] as const)
  for (const [name, method] of originals) {
    if (!method) continue
    target[name] = (...args: unknown[]) => {
      const result = method.apply(registry, args)
      reconcile(true)
      touch()
      return result
    }
  }
  return {
    families: listFamilies,
    suspect() {
      for (const family of families.values()) family.suspect()
    },
    unwatch() {
      live = false
      for (const [name, method] of originals) if (method) target[name] = method
    },
  }
}
