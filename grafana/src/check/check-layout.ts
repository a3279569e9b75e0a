import { panelsOf, type ReadDashboard, type ReadPanel } from './read-dashboard.ts'

const COLUMNS = 24

/** What is wrong with ids and places: panels that overlap, stand outside of the grid, or share an id. */
export function checkLayout(dashboard: ReadDashboard): string[] {
  const panels = panelsOf(dashboard)
  return [
    ...(dashboard.uid ? [] : ['has no uid: every import would make another dashboard of it']),
    ...repeated(panels),
    ...panels.flatMap(outside),
    // Panels of a collapsed row take no place until it is opened.
    ...overlaps(dashboard.panels),
  ]
}

const nameOf = ({ title, id, type }: ReadPanel) => `"${title ?? type}" (${id ?? 'no id'})`

function repeated(panels: readonly ReadPanel[]): string[] {
  const seen = new Map<number, ReadPanel>()
  return panels.flatMap((panel) => {
    if (panel.id === undefined) return [`${nameOf(panel)}: a panel needs an id`]
    const before = seen.get(panel.id)
    seen.set(panel.id, panel)
    return before ? [`${nameOf(panel)}: its id is that of ${nameOf(before)}`] : []
  })
}

function outside(panel: ReadPanel): string[] {
  const { gridPos: place } = panel
  if (!place) return [`${nameOf(panel)}: has no place on the grid`]
  const fits = place.x >= 0 && place.y >= 0 && place.w >= 1 && place.h >= 1 && place.x + place.w <= COLUMNS
  const whole = [place.x, place.y, place.w, place.h].every(Number.isInteger)
  return fits && whole ? [] : [`${nameOf(panel)}: does not lie within the ${COLUMNS} columns of the grid`]
}

function overlaps(panels: readonly ReadPanel[]): string[] {
  return panels.flatMap((one, index) =>
    panels
      .slice(index + 1)
      .filter((other) => meet(one, other))
      .map((other) => `${nameOf(one)}: overlaps ${nameOf(other)}`),
  )
}

function meet({ gridPos: a }: ReadPanel, { gridPos: b }: ReadPanel): boolean {
  if (!a || !b) return false
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}
