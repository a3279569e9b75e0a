import type { DashboardPlan } from '../build-dashboard.ts'
import { agentExecutions } from './agent-executions.ts'
import { capacityPlanning } from './capacity-planning.ts'
import { databasePerformance } from './database-performance.ts'
import { slaMonitoring } from './sla-monitoring.ts'
import { systemHealth } from './system-health.ts'
import { systemOverview } from './system-overview.ts'
import { tocsinItself } from './tocsin-itself.ts'

/** Every dashboard, by the name of its file. A new one is a file beside this and a line here. */
export const dashboardPlans: Readonly<Record<string, DashboardPlan>> = {
  'system-overview': systemOverview,
  'database-performance': databasePerformance,
  'agent-executions': agentExecutions,
  'system-health': systemHealth,
  'sla-monitoring': slaMonitoring,
  'capacity-planning': capacityPlanning,
  tocsin: tocsinItself,
}
