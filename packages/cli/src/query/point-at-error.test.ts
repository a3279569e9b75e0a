import { expect, test } from 'vitest'
import { pointAtError } from './point-at-error.ts'

test.each([
  [
    'in the only line',
    'sum(a) b',
    'invalid parameter "query": 1:8: parse error: unexpected identifier "b"',
    ['1:8: parse error: unexpected identifier "b"', '', '  sum(a) b', '         ^'],
  ],
  [
    'at the end of a line among others',
    'sum(\n\ta +\n)',
    '2:5: parse error: x',
    ['2:5: parse error: x', '', '  sum(', '  \ta +', '  \t   ^', '  )'],
  ],
  [
    'after letters that take several bytes',
    '{a="äöü"} b',
    '1:14: parse error: x',
    ['1:14: parse error: x', '', '  {a="äöü"} b', '            ^'],
  ],
])('the caret stands under the place %s', (_, expr, message, expected) => {
  expect(pointAtError(expr, message).split('\n')).toEqual(expected)
})

test.each(['query timed out in expression evaluation', '9:1: parse error: of another expression'])(
  'a message that names no place in the expression stays as it is: %s',
  (message) => {
    expect(pointAtError('up', message)).toBe(message)
  },
)
