import type { Attributes } from '@opentelemetry/api'
import { conventionKeys } from '@tocsin/contract'
import { attributeText } from './attribute-labels.ts'

const MOST_CHARACTERS = 64
const METHODS = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '))
/** Instrumentations of SQL drivers name no operation: it is the statement's first word, if that is one of these. */
const SQL_VERBS = new Set(
  (
    'SELECT INSERT UPDATE DELETE MERGE REPLACE UPSERT WITH CALL EXEC EXECUTE BEGIN START COMMIT ROLLBACK SAVEPOINT ' +
    'CREATE ALTER DROP TRUNCATE EXPLAIN ANALYZE VACUUM COPY LOCK SET SHOW USE PRAGMA REFRESH GRANT REVOKE LISTEN NOTIFY'
  ).split(' '),
)
/** Systems whose statements begin with a command. */
const COMMAND_SYSTEMS = new Set(['redis', 'valkey', 'memcached'])
const RENAMED = new Map([
  ['publish', 'send'],
  ['deliver', 'process'],
])
const OPERATION_OF_KIND: readonly (string | undefined)[] = [
  undefined,
  undefined,
  undefined,
  'send',
  'process',
]

/** The first of some attributes that is there, as text; empty when none is. */
export function textOf(attributes: Attributes, keys: readonly string[]): string {
  for (const key of keys) {
    const text = attributeText(attributes[key])
    if (text !== '') return text
  }
  return ''
}

/** The first of some attributes that is there, as a whole number from 0; undefined for anything else. */
export function countOf(attributes: Attributes, keys: readonly string[]): number | undefined {
  const text = textOf(attributes, keys)
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** A method as a label: what strangers make up is `_OTHER`, as the conventions have it. */
export function methodOf(attributes: Attributes): string {
  const method = textOf(attributes, conventionKeys.httpMethod).toUpperCase()
  return method === '' || METHODS.has(method) ? method : '_OTHER'
}

/** What a query does; empty for what is none, as connecting is. Nothing else of a statement becomes a label. */
export function queryOperationOf(attributes: Attributes, system: string): string {
  const named =
    textOf(attributes, conventionKeys.dbOperation) || firstWord(textOf(attributes, conventionKeys.dbSummary))
  if (named !== '') return named.slice(0, MOST_CHARACTERS)
  const verb = firstWord(textOf(attributes, conventionKeys.dbStatement)).toUpperCase()
  return SQL_VERBS.has(verb) || COMMAND_SYSTEMS.has(system) ? verb : ''
}

/** What was done with a message, in the words of the conventions of today. */
export function messageOperationOf(attributes: Attributes, kind: number): string {
  const named = textOf(attributes, conventionKeys.messagingOperation)
  return (RENAMED.get(named) ?? named).slice(0, MOST_CHARACTERS) || (OPERATION_OF_KIND[kind] ?? '')
}

function firstWord(text: string): string {
  return /^\s*([A-Za-z_.]{1,32})(?![A-Za-z_.])/.exec(text)?.[1] ?? ''
}
