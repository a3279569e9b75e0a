import type { DynamicConfigValue, Panel, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import { formatValue } from '../page/format-value.ts'
import { colourOf } from './colours.ts'

interface Step {
  readonly value: number | null
  readonly color: string
}

/** How the values of one series or column are shown. */
export interface Field {
  readonly name: string
  readonly unit: string
  readonly steps: readonly Step[]
  /** Properties that overrides set, by their id. */
  readonly set: Readonly<Record<string, unknown>>
  text(value: number): string
  /** The colour of a value by its threshold. */
  colour(value: number): string
}

/** The field of a name and a query, with what overrides say of it. */
export function fieldOf({ fieldConfig }: Panel, name: string, refId?: string): Field {
  const { defaults, overrides = [] } = fieldConfig ?? { defaults: {} }
  const set: Record<string, unknown> = {}
  for (const { matcher, properties } of overrides)
    if (matches(matcher, name, refId)) for (const property of properties) put(set, property)
  const unit = (set['unit'] as string | undefined) ?? defaults.unit ?? 'short'
  const decimals = (set['decimals'] as number | undefined) ?? defaults.decimals
  const mappings = (set['mappings'] as ValueMapping[] | undefined) ?? defaults.mappings ?? []
  const thresholds = (set['thresholds'] as { steps: Step[] } | undefined) ?? defaults.thresholds
  const steps = (thresholds?.steps ?? []) as readonly Step[]
  return {
    name,
    unit,
    steps,
    set,
    text: (value) => wordFor(mappings, value) ?? formatValue(value, unit, decimals),
    colour: (value) =>
      colourOf(steps.findLast((step) => step.value === null || value >= step.value)?.color ?? 'green'),
  }
}

function put(set: Record<string, unknown>, { id, value }: DynamicConfigValue): void {
  set[id] = value
}

function matches({ id, options }: { id: string; options?: unknown }, name: string, refId?: string): boolean {
  if (id === 'byRegexp') return new RegExp(String(options).slice(1, -1)).test(name)
  return id === 'byName' ? options === name : id === 'byFrameRefID' && options === refId
}

function wordFor(mappings: readonly ValueMapping[], value: number): string | undefined {
  for (const { type, options } of mappings)
    if (type === 'value') return (options as Record<string, { text?: string }>)[String(value)]?.text
  return undefined
}
