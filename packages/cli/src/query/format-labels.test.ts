import { expect, test } from 'vitest'
import { formatLabels } from './format-labels.ts'

test.each([
  [{}, '{}'],
  [{ __name__: 'up' }, 'up'],
  [{ __name__: 'up', job: 'api', zone: 'eu' }, 'up{job="api", zone="eu"}'],
  [{ route: '/a "b" \\' }, '{route="/a \\"b\\" \\\\"}'],
  [{ __name__: 'http.requests', 'user.id': 'ä' }, '{"http.requests", "user.id"="ä"}'],
  [{ a: '\u001b[2J\u009b\u202e\n' }, '{a="\\u001b[2J\\u009b\\u202e\\n"}'],
])('the series %o is written as %s', (metric, expected) => {
  expect(formatLabels(metric)).toBe(expected)
})
