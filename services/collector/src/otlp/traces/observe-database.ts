import { conventionKeys, databaseMetrics } from '@tocsin/contract'
import type { Span } from '../model/span.ts'
import { outcomeOf, secondsOf, textOf } from './conventions.ts'
import { spanMetric } from './span-metric.ts'
import type { Observation } from './span-tally.ts'

const QUERIES = spanMetric([databaseMetrics.dbQueriesTotal])
const DURATIONS = spanMetric([databaseMetrics.dbQueryDurationSeconds])

/** Instrumentations of SQL drivers name no operation: it is the statement's first word, if that is one of these. */
const SQL_VERBS: ReadonlySet<string> = new Set(
  (
    'SELECT INSERT UPDATE DELETE MERGE REPLACE UPSERT WITH CALL EXEC EXECUTE BEGIN START COMMIT ROLLBACK SAVEPOINT ' +
    'CREATE ALTER DROP TRUNCATE EXPLAIN ANALYZE VACUUM COPY LOCK SET SHOW USE PRAGMA REFRESH GRANT REVOKE LISTEN NOTIFY'
  ).split(' '),
)
/** Systems whose statements begin with a command. */
const COMMAND_SYSTEMS: ReadonlySet<string> = new Set(['redis', 'valkey', 'memcached'])
const MOST_CHARACTERS = 64

/** A query: a span of a database that names an operation. Connecting, for example, names none. */
export function* observeDatabase(span: Span): Generator<Observation> {
  const system = textOf(span, conventionKeys.dbSystem)
  if (system === '' || span.kind === 'server') return
  const operation = operationOf(span, system)
  if (operation === '') return
  const table = textOf(span, conventionKeys.dbTable)
  const duration = secondsOf(span)
  yield { metric: QUERIES, values: [operation, table, outcomeOf(span)], count: 1, duration, span }
  yield { metric: DURATIONS, values: [operation, table], count: 1, duration, span }
}

function operationOf(span: Span, system: string): string {
  const named = textOf(span, conventionKeys.dbOperation) || firstWord(textOf(span, conventionKeys.dbSummary))
  if (named !== '') return named.slice(0, MOST_CHARACTERS)
  const verb = firstWord(textOf(span, conventionKeys.dbStatement)).toUpperCase()
  return SQL_VERBS.has(verb) || COMMAND_SYSTEMS.has(system) ? verb : ''
}

function firstWord(text: string): string {
  return /^\s*([A-Za-z_.]{1,32})(?![A-Za-z_.])/.exec(text)?.[1] ?? ''
}
