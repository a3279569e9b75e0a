import type { Labels } from '@tocsin/contract'
import { labelNameOf } from './metrics/label-name.ts'
import { type Attributes, type AttributeValue, attributeText } from './model/attributes.ts'

/** Who sent something, as far as its resource says. */
export interface Origin {
  /** service.name; what OpenTelemetry's SDKs call themselves when nobody has named them, where there is none. */
  readonly service: string
  /** `job` and `instance`, as Prometheus derives them; without what is not known. */
  readonly identity: Labels
}

/** The contract's limits for sources and values. */
const MOST_SERVICE = 200
const MOST_VALUE = 4096
const UNKNOWN = 'unknown_service'
const IDENTIFYING: ReadonlySet<string> = new Set(['service.name', 'service.namespace', 'service.instance.id'])

export function originOf(resource: Attributes): Origin {
  const name = textOf(resource.get('service.name'))
  const namespace = textOf(resource.get('service.namespace'))
  const instance = textOf(resource.get('service.instance.id'))
  const job = namespace === '' ? name : `${namespace}/${name}`
  return {
    service: name.slice(0, MOST_SERVICE) || UNKNOWN,
    identity: {
      ...(name === '' ? {} : { job: job.slice(0, MOST_VALUE) }),
      ...(instance === '' ? {} : { instance }),
    },
  }
}

/** The labels of `target_info`: what the resource says beside who it is. Undefined where that is nothing. */
export function targetInfoOf(resource: Attributes, { service, identity }: Origin): Labels | undefined {
  const labels: Record<string, string> = {}
  for (const [key, attribute] of resource) {
    const { name } = labelNameOf(key)
    const value = textOf(attribute)
    if (!IDENTIFYING.has(key) && name !== '' && value !== '') labels[name] = value
  }
  if (Object.keys(labels).length === 0 || Object.keys(identity).length === 0) return undefined
  return { ...labels, service, ...identity }
}

/** Those of the resource's attributes that are wanted as labels of every series. */
export function promotedLabels(resource: Attributes, wanted: readonly string[]): Labels {
  const labels: Record<string, string> = {}
  for (const key of wanted) {
    const { name } = labelNameOf(key)
    const value = textOf(resource.get(key))
    if (name !== '' && value !== '') labels[name] = value
  }
  return labels
}

/** Well formed, since it goes into subjects; not longer than a label may be. */
function textOf(attribute: AttributeValue): string {
  return attributeText(attribute).slice(0, MOST_VALUE).toWellFormed()
}
