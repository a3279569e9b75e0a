import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import type { GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard'

/** The columns of Grafana's grid. */
export const COLUMNS = 24

/** A panel without its id and place. */
export interface Placeable extends Builder<Panel> {
  id(id: number): unknown
  gridPos(place: GridPos): unknown
}

/** A heading and what stands below it. */
export interface Section {
  readonly title: string
  readonly lines: readonly Line[]
}

/** Panels side by side. The height is in rows of 30 pixels. */
export interface Line {
  readonly height: number
  readonly panels: readonly { readonly panel: Placeable; readonly width: number }[]
}

/** Panels of one width, that fill a line together: their number divides 24. */
export const line = (height: number, ...panels: readonly Placeable[]): Line =>
  lineOf(
    panels.map(() => COLUMNS / panels.length),
    height,
    ...panels,
  )

/** Panels of these widths. @throws RangeError unless they fill the line */
export function lineOf(widths: readonly number[], height: number, ...panels: readonly Placeable[]): Line {
  const sum = widths.reduce((total, width) => total + width, 0)
  if (sum !== COLUMNS || widths.length !== panels.length || !widths.every(Number.isInteger))
    throw new RangeError(
      `${panels.length} panels of widths ${widths.join(', ')} do not fill ${COLUMNS} columns`,
    )
  return { height, panels: panels.map((panel, index) => ({ panel, width: widths[index] as number })) }
}
