import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { alertAnnotation, deploymentAnnotation, restartAnnotation } from './annotations.ts'
import type { DashboardOptions } from './options.ts'
import { COLUMNS, type Section } from './section.ts'
import { datasourceVariable, runbooksVariable } from './variables.ts'

/** What one dashboard is. */
export interface DashboardPlan {
  /** Stays for ever: links and bookmarks have it. */
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly variables: readonly Builder<VariableModel>[]
  readonly sections: readonly Section[]
}

/** The tag by which dashboards find one another. */
const TAG = 'tocsin'

/** Puts a dashboard together as Grafana keeps it: places, ids, variables, annotations, links to the others. */
export function buildDashboard(plan: DashboardPlan, options: DashboardOptions): Dashboard {
  const dashboard = new DashboardBuilder(plan.title)
    .uid(plan.uid)
    .description(plan.description)
    .tags([TAG, ...plan.tags])
    .editable()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .links([othersLink()])
    .variables([datasourceVariable(options), ...plan.variables, runbooksVariable(options)])
    .annotations([alertAnnotation(), deploymentAnnotation(), restartAnnotation()])
  let id = 0
  let y = 0
  for (const { title, lines } of plan.sections) {
    dashboard.withRow(new RowBuilder(title).id(++id).gridPos({ x: 0, y: y++, w: COLUMNS, h: 1 }))
    for (const { height, panels } of lines) {
      let x = 0
      for (const { panel, width } of panels) {
        panel.id(++id)
        panel.gridPos({ x, y, w: width, h: height })
        dashboard.withPanel(panel)
        x += width
      }
      y += height
    }
  }
  return dashboard.build()
}

const othersLink = () =>
  new DashboardLinkBuilder('Tocsin')
    .type(DashboardLinkType.Dashboards)
    .icon('external link')
    .tooltip('The other dashboards, over the same time')
    .tags([TAG])
    .asDropdown(true)
    .keepTime(true)
    .includeVars(true)
