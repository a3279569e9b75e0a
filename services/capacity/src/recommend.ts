import type { CapacityForecast } from '@tocsin/contract'
import { defaultResources, type Resource } from './resource.ts'

type Actions = CapacityForecast['actions']

const termOf = { critical: 'immediate', high: 'shortTerm', medium: 'mediumTerm', low: 'longTerm' } as const

/** What to do about a resource, in the brief's categories. There is always something to say, if only to wait. */
export function recommend(
  resource: Resource,
  forecast: Pick<CapacityForecast, 'risk' | 'utilization' | 'notes'>,
  reason: string,
): Actions {
  const actions: Actions = { immediate: [], shortTerm: [], mediumTerm: [], longTerm: [] }
  const { title, remedy } = resource
  switch (forecast.risk) {
    case 'unknown':
      actions.shortTerm.push(
        `${title}: ${reason}. Publish the metrics of \`${resource.usage}\` and \`${resource.limit}\`.`,
      )
      return actions
    case 'low':
      actions.longTerm.push(`${title}: ${reason}. Nothing to do.`)
      return actions
    default:
      actions[termOf[forecast.risk]].push(`${title}: ${reason}; ${remedy}.`)
      return actions
  }
}

/** The recommendation as a metric has it: in words that stay the same while the figures change, and when it is due. */
export function recommendation({ resource, risk }: Pick<CapacityForecast, 'resource' | 'risk'>): {
  readonly term: keyof Actions
  readonly action: string
} {
  if (risk === 'unknown') return { term: 'shortTerm', action: 'publish its usage and its limit' }
  if (risk === 'low') return { term: 'longTerm', action: 'nothing to do' }
  const remedy =
    defaultResources.find(({ name }) => name === resource)?.remedy ?? 'raise the limit or use less'
  return { term: termOf[risk], action: remedy }
}
