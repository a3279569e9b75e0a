import type { MetricDefinitions } from './metric-definition.ts'

/** What the capacity service says of resources. */
export const capacityMetrics = {
  capacityUtilizationRatio: {
    name: 'tocsin_capacity_utilization_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['resource'],
    help: 'Usage of the limit.',
  },
  capacityGrowthPerDay: {
    name: 'tocsin_capacity_growth_per_day',
    type: 'gauge',
    labels: ['resource'],
    help: 'Growth a day, in units of the resource.',
  },
  capacityGrowthPerDayBound: {
    name: 'tocsin_capacity_growth_per_day_bound',
    type: 'gauge',
    labels: ['resource', 'bound'],
    help: 'The 95 % interval of the growth a day; bound is lower95 or upper95.',
  },
  capacityUsage: {
    name: 'tocsin_capacity_usage',
    type: 'gauge',
    labels: ['resource', 'unit'],
    help: 'What is used, in the unit of the resource.',
  },
  capacityLimit: {
    name: 'tocsin_capacity_limit',
    type: 'gauge',
    labels: ['resource', 'unit'],
    help: 'What can be used at most, in the unit of the resource.',
  },
  capacityRisk: {
    name: 'tocsin_capacity_risk',
    type: 'gauge',
    labels: ['resource'],
    help: 'The risk that the resource runs out: 0 unknown, 1 low, 2 medium, 3 high, 4 critical.',
  },
  capacityForecast: {
    name: 'tocsin_capacity_forecast',
    type: 'gauge',
    labels: ['resource', 'point', 'bound'],
    help: 'Forecast usage at points from now (00) on; bound is expected, lower80, upper80, lower95 or upper95.',
  },
  capacityForecastAheadSeconds: {
    name: 'tocsin_capacity_forecast_ahead_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['resource', 'point'],
    help: 'How far ahead of the present a point of the forecast lies.',
  },
  capacityForecastHorizonSeconds: {
    name: 'tocsin_capacity_forecast_horizon_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['resource'],
    help: 'How far the history can carry a forecast; 0 where it is too short for any.',
  },
  capacityForecastScaledError: {
    name: 'tocsin_capacity_forecast_scaled_error',
    type: 'gauge',
    labels: ['resource'],
    help: 'Error of the forecast over the known past, over that of staying as it was: below 1 is better.',
  },
  capacityForecastCoverageRatio: {
    name: 'tocsin_capacity_forecast_coverage_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['resource'],
    help: 'Share of the known past that fell inside the 95 % interval of its forecast.',
  },
  capacityCrossingTimestampSeconds: {
    name: 'tocsin_capacity_crossing_timestamp_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['resource', 'percent', 'bound'],
    help: 'When the forecast passes so many percent of the limit; bound is earliest, expected or latest. Missing where it does not.',
  },
  capacityRecommendationInfo: {
    name: 'tocsin_capacity_recommendation_info',
    type: 'gauge',
    labels: ['resource', 'term', 'action'],
    help: 'Always 1: what to do about the resource, and when (immediate, shortTerm, mediumTerm or longTerm).',
  },
} as const satisfies MetricDefinitions
