import { bars } from '../panels/bars.ts'
import { chart } from '../panels/chart.ts'
import { stepsFrom } from '../panels/look.ts'
import { line, type Section } from '../section.ts'
import { chosen, quantile, share, sumRate } from './queries.ts'

const pools = (selector: string) => `sum by (service, pool) (${selector})`

/** Connection pools: utilisation, and who waits. */
export const poolSection: Section = {
  title: 'Connection pools: utilisation and saturation',
  lines: [
    line(
      8,
      chart({
        title: 'Pool utilisation',
        description: 'Connections in use, of those that a pool may open.',
        unit: 'percentunit',
        max: 1,
        queries: [
          {
            expr:
              `${pools(`db_pool_connections{${chosen}, state="active"}`)}` +
              ` / ${pools(`db_pool_max_connections{${chosen}}`)}`,
            legend: '{{service}} {{pool}}',
          },
        ],
        thresholds: stepsFrom('green', [0.8, 'orange'], [0.95, 'red']),
        runbooks: ['database/PoolNearlyUsedUp'],
      }),
      chart({
        title: 'Connections',
        description: 'Connections of all pools by what they do, below what the pools may open at most.',
        unit: 'short',
        stack: true,
        queries: [
          { expr: `sum by (state) (db_pool_connections{${chosen}})`, legend: '{{state}}', refId: 'A' },
        ],
      }),
      chart({
        title: 'Requests that wait for a connection',
        description: 'Above 0 the pool is too small, or queries hold their connection for too long.',
        unit: 'short',
        queries: [{ expr: pools(`db_pool_pending_requests{${chosen}}`), legend: '{{service}} {{pool}}' }],
        thresholds: stepsFrom('green', [1, 'orange'], [10, 'red']),
        runbooks: ['database/PoolExhausted'],
      }),
    ),
  ],
}

/** Caches: how often they have what is asked for, and what they drop. */
export const cacheSection: Section = {
  title: 'Caches',
  lines: [
    line(
      8,
      chart({
        title: 'Cache hit rate',
        description: 'How often a cache has what is asked for.',
        unit: 'percentunit',
        max: 1,
        queries: [
          {
            expr: share(
              `cache_requests_total{${chosen}, result="hit"}`,
              `cache_requests_total{${chosen}}`,
              'service, cache',
            ),
            legend: '{{service}} {{cache}}',
          },
        ],
        runbooks: ['database/CacheMisses'],
      }),
      chart({
        title: 'Look-ups',
        description: 'Look-ups a second by what came of them. Misses go on to the database.',
        unit: 'ops',
        stack: true,
        queries: [{ expr: sumRate(`cache_requests_total{${chosen}}`, 'result'), legend: '{{result}}' }],
        colours: { hit: 'green', miss: 'orange' },
      }),
      chart({
        title: 'Evictions',
        description:
          'Entries a second that a cache dropped to make room: many, with few hits, is a cache too small.',
        unit: 'ops',
        queries: [
          {
            expr: sumRate(`cache_evictions_total{${chosen}}`, 'service, cache'),
            legend: '{{service}} {{cache}}',
          },
        ],
        runbooks: ['database/CacheTooSmall'],
      }),
    ),
  ],
}

const perTable = (metric: string) => `max by (service, table) (${metric}{${chosen}})`

/** Tables: how large they are, and how they grow. */
export const tableSection: Section = {
  title: 'Tables',
  lines: [
    line(
      9,
      bars({
        title: 'Table sizes',
        description: 'The twenty largest tables, on disk, with their indexes.',
        unit: 'bytes',
        query: { expr: `topk(20, ${perTable('db_table_size_bytes')})`, legend: '{{service}} {{table}}' },
      }),
      chart({
        title: 'Table sizes over time',
        description:
          'What grows steadily belongs into the capacity plan; what jumps was a migration, or a bug.',
        unit: 'bytes',
        queries: [{ expr: `topk(10, ${perTable('db_table_size_bytes')})`, legend: '{{service}} {{table}}' }],
      }),
      chart({
        title: 'Rows',
        description: 'Rows of the ten largest tables.',
        unit: 'short',
        queries: [{ expr: `topk(10, ${perTable('db_table_rows')})`, legend: '{{service}} {{table}}' }],
      }),
    ),
  ],
}

const vectors = `vector_search_duration_seconds_bucket{${chosen}}`
const wasm = `wasm_execution_duration_seconds_bucket{${chosen}}`

/** Replicas, sync, vector search and WASM: the custom metrics of the brief. */
export const derivedSection: Section = {
  title: 'Replication, sync, vector search, WASM',
  lines: [
    line(
      8,
      chart({
        title: 'Replication lag',
        description: 'How far a replica is behind what it copies: readers of it see the past.',
        unit: 's',
        queries: [
          {
            expr: `max by (source, destination) (db_replication_lag_seconds{${chosen}})`,
            legend: '{{source}} → {{destination}}',
          },
        ],
        thresholds: stepsFrom('green', [10, 'orange'], [60, 'red']),
        runbooks: ['database/ReplicationLag', 'database/ReplicaFarBehind'],
      }),
      chart({
        title: 'Sync operations',
        description: 'Sync operations a second, by outcome.',
        unit: 'ops',
        stack: true,
        queries: [
          {
            expr: sumRate(`db_sync_operations_total{${chosen}}`, 'operation_type, status'),
            legend: '{{operation_type}} {{status}}',
          },
        ],
        runbooks: ['database/SyncOperationsFail'],
      }),
      chart({
        title: 'Vector search, p95',
        description: '95 of 100 searches of an index take at most this long.',
        unit: 's',
        queries: [{ expr: quantile(0.95, vectors, 'index'), legend: '{{index}}', exemplar: true }],
        runbooks: ['database/SlowVectorSearches', 'database/VectorSearchesFail'],
      }),
      chart({
        title: 'WASM calls, p95',
        description: '95 of 100 calls of a function take at most this long.',
        unit: 's',
        queries: [{ expr: quantile(0.95, wasm, 'module, function'), legend: '{{module}}.{{function}}' }],
        runbooks: ['database/WasmCallsFail'],
      }),
    ),
  ],
}
