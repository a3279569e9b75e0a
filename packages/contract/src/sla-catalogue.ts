import type { MetricDefinitions } from './metric-definition.ts'

/** What the sla service says of objectives. */
export const slaMetrics = {
  sloTargetRatio: {
    name: 'tocsin_slo_target_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['slo'],
    help: 'What the objective asks for.',
  },
  sloComplianceRatio: {
    name: 'tocsin_slo_compliance_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['slo'],
    help: 'Good events of all, over a rolling day.',
  },
  sloErrorBudgetRemainingRatio: {
    name: 'tocsin_slo_error_budget_remaining_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['slo'],
    help: 'What is left of the error budget, over a rolling day; below 0 when overspent.',
  },
  sloEvents: {
    name: 'tocsin_slo_events',
    type: 'gauge',
    labels: ['slo', 'kind'],
    help: 'Events of a rolling day; kind is total, good or bad.',
  },
  sloBurnRate: {
    name: 'tocsin_slo_burn_rate',
    type: 'gauge',
    labels: ['slo', 'window'],
    help: 'How many times faster than the target allows the error budget was spent over the window, such as 1h.',
  },
  sloState: {
    name: 'tocsin_slo_state',
    type: 'gauge',
    labels: ['slo', 'state'],
    help: '1 for the state that the objective is in (met, breached, no_traffic, no_data, misconfigured), 0 for the others.',
  },
} as const satisfies MetricDefinitions
