import type { ReadDashboard } from './read-dashboard.ts'

/** What variables stand for while everything is chosen: any value, or the one that is set. */
export function valuesOfAll({ templating }: ReadDashboard): Record<string, string> {
  return Object.fromEntries(
    templating.list.map(({ name, type, includeAll, allValue, current, query }) => {
      if (type === 'constant' && typeof query === 'string') return [name, query]
      if (includeAll === true) return [name, allValue ?? '.*']
      const value = Array.isArray(current?.value) ? current.value.join('|') : current?.value
      return [name, typeof value === 'string' && value !== '' && value !== '$__all' ? value : '.*']
    }),
  )
}
