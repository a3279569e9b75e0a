import type { DashboardPlan } from '../build-dashboard.ts'
import { chart } from '../panels/chart.ts'
import { figure } from '../panels/figure.ts'
import { stepsFrom } from '../panels/look.ts'
import { table } from '../panels/table.ts'
import { line, lineOf, type Section } from '../section.ts'
import { choice, instanceChoice, serviceChoice } from '../variables.ts'
import { cacheSection, derivedSection, poolSection, tableSection } from './database-sections.ts'
import { chosen, quantile, share, sumRate } from './queries.ts'

const queries = `db_queries_total{${chosen}, operation=~"$operation"}`
const failed = `db_queries_total{${chosen}, operation=~"$operation", status="error"}`
const durations = `db_query_duration_seconds_bucket{${chosen}, operation=~"$operation"}`
const errorSteps = stepsFrom('green', [0.01, 'orange'], [0.05, 'red'])
const slowSteps = stepsFrom('green', [0.1, 'orange'], [0.5, 'red'])
const active = `sum(db_pool_connections{${chosen}, state="active"})`

const glance: Section = {
  title: 'At a glance',
  lines: [
    line(
      4,
      figure({
        title: 'Query rate',
        description: 'Database queries a second, of all chosen services together.',
        unit: 'ops',
        query: { expr: sumRate(queries) },
      }),
      figure({
        title: 'Failed queries',
        description: 'The share of queries that ended with an error. From 5 % on, DatabaseQueriesFail fires.',
        unit: 'percentunit',
        query: { expr: share(failed, queries) },
        thresholds: errorSteps,
        runbooks: ['database/DatabaseQueriesFail'],
      }),
      figure({
        title: 'Query time, p95',
        description: '95 of 100 queries take at most this long.',
        unit: 's',
        query: { expr: quantile(0.95, durations) },
        thresholds: slowSteps,
        runbooks: ['database/SlowQueries'],
      }),
      figure({
        title: 'Pool connections in use',
        description: 'Connections in use, of those that the pools may open. At 100 %, requests wait.',
        unit: 'percentunit',
        query: { expr: `${active} / sum(db_pool_max_connections{${chosen}})` },
        thresholds: stepsFrom('green', [0.8, 'orange'], [0.95, 'red']),
        runbooks: ['database/PoolNearlyUsedUp'],
      }),
      figure({
        title: 'Cache hit rate',
        description: 'How often a cache has what is asked for, over all caches.',
        unit: 'percentunit',
        query: {
          expr: share(`cache_requests_total{${chosen}, result="hit"}`, `cache_requests_total{${chosen}}`),
        },
        thresholds: stepsFrom('red', [0.5, 'orange'], [0.8, 'green']),
        runbooks: ['database/CacheMisses'],
      }),
      figure({
        title: 'Size of tables',
        description: 'Bytes of all tables on disk, their indexes included.',
        unit: 'bytes',
        query: { expr: `sum(max by (service, table) (db_table_size_bytes{${chosen}}))` },
      }),
    ),
  ],
}

const red: Section = {
  title: 'Queries: rate, errors, duration',
  lines: [
    line(
      9,
      chart({
        title: 'Query rate by operation',
        description: 'Queries a second, by what they do.',
        unit: 'ops',
        stack: true,
        queries: [{ expr: sumRate(queries, 'operation'), legend: '{{operation}}' }],
      }),
      chart({
        title: 'Failed queries by table',
        description: 'The share of queries of a table that ended with an error.',
        unit: 'percentunit',
        queries: [{ expr: share(failed, queries, 'table'), legend: '{{table}}' }],
        thresholds: errorSteps,
        runbooks: ['database/DatabaseQueriesFail'],
      }),
      chart({
        title: 'Query time',
        description: 'Quantiles over all chosen queries. A dot is one query that was traced.',
        unit: 's',
        queries: [
          { expr: quantile(0.99, durations), legend: 'p99', exemplar: true },
          { expr: quantile(0.95, durations), legend: 'p95' },
          { expr: quantile(0.5, durations), legend: 'p50' },
        ],
        runbooks: ['database/SlowQueries'],
      }),
    ),
    lineOf(
      [16, 8],
      8,
      table({
        title: 'Queries by operation and table',
        description: 'What each kind of query does now: the first place to look when p95 rises.',
        sortBy: 'p95',
        columns: [
          { title: 'Service', label: 'service' },
          { title: 'Operation', label: 'operation' },
          { title: 'Table', label: 'table' },
          { title: 'Queries', expr: sumRate(queries, 'service, operation, table'), unit: 'ops', decimals: 2 },
          {
            title: 'Errors',
            expr: share(failed, queries, 'service, operation, table'),
            unit: 'percentunit',
            decimals: 2,
            thresholds: errorSteps,
          },
          {
            title: 'p95',
            expr: quantile(0.95, durations, 'service, operation, table'),
            unit: 's',
            thresholds: slowSteps,
          },
        ],
        runbooks: ['database/SlowQueries'],
      }),
      chart({
        title: 'Query time by table, p95',
        description: 'Which table the slow queries belong to.',
        unit: 's',
        queries: [{ expr: quantile(0.95, durations, 'table'), legend: '{{table}}' }],
        thresholds: slowSteps,
        runbooks: ['database/SlowQueries'],
      }),
    ),
  ],
}

/** Databases as their applications see them: queries, pools, caches, tables, replicas. */
export const databasePerformance: DashboardPlan = {
  uid: 'tocsin-database',
  title: 'Database Performance',
  description: 'Query rates, connection pools, cache hit rates, table sizes, replication and vector search.',
  tags: ['database', 'red', 'use'],
  variables: [
    serviceChoice('db_queries_total'),
    instanceChoice('db_queries_total'),
    choice({
      name: 'operation',
      label: 'Operation',
      description: 'The kinds of query that are shown',
      of: 'operation',
      selector: 'db_queries_total{service=~"$service"}',
    }),
  ],
  sections: [glance, red, poolSection, cacheSection, tableSection, derivedSection],
}
