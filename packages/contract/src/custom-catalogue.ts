import { JOB_BUCKETS, type MetricDefinitions, QUERY_BUCKETS } from './metric-definition.ts'

/** The brief's custom metrics: database sync, WASM, vector search, replication. */
export const dbObservabilityDefinitions = {
  syncOperationsTotal: {
    name: 'db_sync_operations_total',
    type: 'counter',
    labels: ['operation_type', 'source', 'destination', 'status'],
    help: 'Database sync operations that ended, by outcome.',
  },
  syncOperationDurationSeconds: {
    name: 'db_sync_operation_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['operation_type', 'source', 'destination'],
    help: 'Time that database sync operations took.',
    buckets: JOB_BUCKETS,
  },
  syncRecordsTotal: {
    name: 'db_sync_records_total',
    type: 'counter',
    labels: ['operation_type', 'source', 'destination'],
    help: 'Records that database sync operations moved.',
  },
  replicationLagSeconds: {
    name: 'db_replication_lag_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['source', 'destination'],
    help: 'How far a replica is behind.',
  },
  wasmExecutionsTotal: {
    name: 'wasm_executions_total',
    type: 'counter',
    labels: ['module', 'function', 'status'],
    help: 'Calls into WASM modules; status is success or error.',
  },
  wasmExecutionDurationSeconds: {
    name: 'wasm_execution_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['module', 'function'],
    help: 'Time that calls into WASM modules took.',
    buckets: QUERY_BUCKETS,
  },
  wasmMemoryBytes: {
    name: 'wasm_memory_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['module'],
    help: 'Linear memory of a WASM module.',
  },
  vectorSearchesTotal: {
    name: 'vector_searches_total',
    type: 'counter',
    labels: ['index', 'status'],
    help: 'Vector searches; status is success or error.',
  },
  vectorSearchDurationSeconds: {
    name: 'vector_search_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['index'],
    help: 'Time that vector searches took.',
    buckets: QUERY_BUCKETS,
  },
  vectorIndexEntries: {
    name: 'vector_index_entries',
    type: 'gauge',
    labels: ['index'],
    help: 'Vectors that an index holds.',
  },
} as const satisfies MetricDefinitions
