import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

const KNOWN = ['http_requests_total', 'http_request_duration_seconds_bucket', 'db_queries_total', 'up']

test.each([
  ['http_request_total', 'http_requests_total'],
  ['http_requests_totals', 'http_requests_total'],
  ['db_query_total', 'db_queries_total'],
  ['uq', undefined],
  ['upp', 'up'],
  ['orders_total', undefined],
  ['', undefined],
])('%s is most like %s', (name, expected) => {
  expect(nearestName(name, KNOWN)).toBe(expected)
})
