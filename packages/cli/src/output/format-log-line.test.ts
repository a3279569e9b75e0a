import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import { formatLogLine } from './format-log-line.ts'
import { prefixLines } from './prefix-lines.ts'

const plain = pc.createColors(false)
const time = new Date(2026, 0, 2, 3, 4, 5).getTime()
const format = (entry: object) => formatLogLine(JSON.stringify(entry), plain)

describe('a log line', () => {
  test.each([
    [
      'with an info level shows none',
      { level: 30, time, pid: 1, hostname: 'h', msg: 'ready' },
      '03:04:05 ready',
    ],
    ['with a level by name', { level: 'warn', time, msg: 'slow' }, '03:04:05 warn slow'],
    [
      'with fields',
      { level: 'info', time, msg: 'sent', channel: 'email', ms: 12, to: ['a'] },
      '03:04:05 sent channel=email ms=12 to=["a"]',
    ],
    [
      'with an ISO time',
      { level: 'info', time: new Date(time).toISOString(), msg: 'ready' },
      '03:04:05 ready',
    ],
    [
      'with an error and its stack',
      { level: 50, time, msg: 'failed', err: { message: 'm', stack: 'Error: m\n at x' } },
      '03:04:05 error failed\nError: m\n at x',
    ],
    [
      'with an error without a stack',
      { level: 50, time, msg: 'failed', err: { message: 'refused' } },
      '03:04:05 error failed refused',
    ],
  ])('%s', (_, entry, expected) => {
    expect(format(entry)).toBe(expected)
  })

  test.each(['Error: boom', '{not json', '{"no":"message"}', ''])(
    'that is not pino’s stays as it is: %s',
    (line) => {
      expect(formatLogLine(line, plain)).toBe(line)
    },
  )
})

test('each line of a part stands behind its name, in line with the others', () => {
  const prefix = prefixLines(['sla', 'collector'], plain)
  expect(prefix('sla', 'one\ntwo')).toBe('sla       │ one\nsla       │ two')
  expect(prefix('collector', 'one')).toBe('collector │ one')
})
