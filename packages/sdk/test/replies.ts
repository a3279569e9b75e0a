import type { CapacityForecast, SlaReport } from '@tocsin/contract'

/** What the services answer in tests of the brief's samples. */
export const slaReply: SlaReport = {
  period: 'day',
  from: '2026-03-01T00:00:00Z',
  to: '2026-03-02T00:00:00Z',
  dataFrom: null,
  overallCompliance: 99.95,
  errorBudget: { total: 0.1, consumed: 50, remaining: 50 },
  slos: [],
}

export const forecastReply: CapacityForecast = {
  resource: 'storage',
  unit: 'bytes',
  days: 30,
  usage: 5,
  limit: 10,
  utilization: 0.5,
  growthPerDay: null,
  history: { from: null, to: null, points: 0 },
  horizonDays: 0,
  model: 'none',
  backtest: null,
  points: [],
  crossings: [],
  risk: 'unknown',
  recommendations: ['Archive what is older than a year'],
  actions: { immediate: [], shortTerm: [], mediumTerm: [], longTerm: [] },
  notes: [],
}
