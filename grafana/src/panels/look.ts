import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'

/** What every panel has. A description says what it shows and what to do about it. */
export interface Look {
  readonly title: string
  readonly description: string
  /** As Grafana names units: `s`, `bytes`, `percentunit`, `reqps`. */
  readonly unit?: string
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  /** Values from which a colour holds, in ascending order; below the first it is green. */
  readonly thresholds?: Steps
  /** Pages of alerts that concern the panel, as `<pack>/<alert>`. */
  readonly runbooks?: readonly string[]
  /** Where a click on a value leads. */
  readonly drill?: { readonly title: string; readonly url: string }
}

export type Colour = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple' | 'text'
/** `[from, colour]` pairs; `base` is the colour below them, green unless given. */
export type Steps = readonly (readonly [number, Colour])[] & { readonly base?: Colour }

/** Steps whose lowest values are not good: `base` is what holds below the first. */
export function stepsFrom(base: Colour, ...steps: readonly (readonly [number, Colour])[]): Steps {
  return Object.assign([...steps], { base })
}

interface Dressable {
  title(title: string): unknown
  description(description: string): unknown
  unit(unit: string): unknown
  decimals(decimals: number): unknown
  min(min: number): unknown
  max(max: number): unknown
  links(links: Builder<DashboardLink>[]): unknown
  dataLinks(links: Builder<DashboardLink>[]): unknown
  thresholds(thresholds: Builder<{ mode: ThresholdsMode; steps: Threshold[] }>): unknown
  build(): Panel
}

/** Puts on a panel what every kind of panel has alike. */
export function dress(panel: Dressable, look: Look): void {
  panel.title(look.title)
  panel.description(look.description)
  if (look.unit !== undefined) panel.unit(look.unit)
  if (look.decimals !== undefined) panel.decimals(look.decimals)
  if (look.min !== undefined) panel.min(look.min)
  if (look.max !== undefined) panel.max(look.max)
  if (look.runbooks) panel.links(look.runbooks.map(runbookLink))
  if (look.drill) panel.dataLinks([link(look.drill.title, look.drill.url)])
  panel.thresholds(thresholds(look.thresholds))
}

function thresholds(
  steps: Steps = stepsFrom('green'),
): Builder<{ mode: ThresholdsMode; steps: Threshold[] }> {
  const above = steps.map(([value, color]) => ({ value, color }))
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: steps.base ?? 'green' }, ...above])
}

function runbookLink(page: string): Builder<DashboardLink> {
  const [, alert = page] = page.split('/')
  return link(`Runbook: ${alert}`, `\${runbooks}/${page}`).targetBlank(true)
}

const link = (title: string, url: string) =>
  new DashboardLinkBuilder(title).type(DashboardLinkType.Link).icon('external link').tooltip('').url(url)
