import type { Labels } from '@tocsin/contract'
import { attributeText } from '../model/attributes.ts'
import type { Scope } from '../model/metric.ts'
import { labelNameOf } from './label-name.ts'

/** Labels that name an instrumentation scope, as OpenTelemetry's rules for compatibility have them. */
export function scopeLabels({ name, version, attributes }: Scope): Labels {
  const labels: Record<string, string> = {}
  const set = (label: string, value: string) => {
    if (value !== '') labels[label] = value.slice(0, MOST_VALUE).toWellFormed()
  }
  for (const [key, attribute] of attributes) {
    const label = labelNameOf(key).name
    if (label !== '') set(`otel_scope_${label}`, attributeText(attribute))
  }
  set('otel_scope_name', name)
  set('otel_scope_version', version)
  return labels
}

/** The contract's limit. */
const MOST_VALUE = 4096
