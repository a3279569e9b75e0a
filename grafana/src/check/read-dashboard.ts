import { z } from 'zod'

const source = z.object({ type: z.string().optional(), uid: z.string().optional() })
const anySource = z.union([source, z.string(), z.null()]).optional()
const place = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })

const target = z.looseObject({
  refId: z.string().optional(),
  expr: z.string().optional(),
  instant: z.boolean().optional(),
  hide: z.boolean().optional(),
  datasource: anySource,
})

const flatPanel = z.looseObject({
  id: z.int().optional(),
  type: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  gridPos: place.optional(),
  datasource: anySource,
  targets: z.array(target).optional(),
})
const panel = flatPanel.extend({ panels: z.array(flatPanel).optional() })

const variable = z.looseObject({
  name: z.string(),
  type: z.string(),
  query: z.unknown().optional(),
  definition: z.string().optional(),
  allValue: z.string().nullish(),
  includeAll: z.boolean().optional(),
  current: z.looseObject({ value: z.unknown().optional() }).optional(),
})

const annotation = z.looseObject({
  name: z.string().optional(),
  expr: z.string().optional(),
  target: z.looseObject({ expr: z.string().optional() }).optional(),
  datasource: anySource,
})

/** What is read of a dashboard, whoever made it; what it has beside that is kept. */
const dashboardSchema = z.looseObject({
  uid: z.string().nullish(),
  title: z.string(),
  panels: z.array(panel).default([]),
  templating: z.looseObject({ list: z.array(variable).default([]) }).default({ list: [] }),
  annotations: z.looseObject({ list: z.array(annotation).default([]) }).default({ list: [] }),
})

export type ReadDashboard = z.infer<typeof dashboardSchema>
export type ReadPanel = z.infer<typeof flatPanel>
export type ReadVariable = z.infer<typeof variable>

/** A file that is no dashboard that Grafana could import. */
export class DashboardError extends Error {
  readonly code = 'bad_dashboard'
  readonly retryable = false
}

/** Reads the JSON of a dashboard. @throws DashboardError that says what is wrong with it */
export function readDashboard(text: string): ReadDashboard {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new DashboardError(`is not JSON: ${(cause as Error).message}`, { cause })
  }
  if (typeof json === 'object' && json !== null && 'elements' in json)
    throw new DashboardError(
      'has the new format (v2), which import by this API does not take: export it as classic',
    )
  const { data, error } = dashboardSchema.safeParse(json)
  if (data) return data
  const faults = error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`)
  throw new DashboardError(`is no dashboard: ${faults.join('; ')}`)
}

/** Every panel, those of collapsed rows too. */
export function panelsOf({ panels }: ReadDashboard): ReadPanel[] {
  return panels.flatMap((panel) => [panel, ...(panel.panels ?? [])])
}
