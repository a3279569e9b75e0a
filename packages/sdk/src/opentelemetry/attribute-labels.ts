import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { labelName } from './prometheus-name.ts'

const MOST_VALUE = 4096

/** Attributes as labels. Those that have one name in Prometheus share the label, in the order of their keys. */
export function attributeLabels(attributes: Attributes): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const key of Object.keys(attributes).sort()) {
    const name = labelName(key)
    const text = attributeText(attributes[key])
    if (name === undefined || text === '') continue
    const joined = Object.hasOwn(labels, name) ? `${labels[name]};${text}` : text
    labels[name] = joined.slice(0, MOST_VALUE)
  }
  return labels
}

/** An attribute as text: lists as JSON. Empty is none in Prometheus. */
export function attributeText(value: AttributeValue | undefined): string {
  if (value === undefined || value === null) return ''
  return Array.isArray(value) ? JSON.stringify(value) : String(value)
}
