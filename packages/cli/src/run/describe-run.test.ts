import { expect, test } from 'vitest'
import { makeHints } from './describe-run.ts'
import type { PartState } from './run-file.ts'

const part = (name: string, where: string): PartState => ({
  name,
  kind: 'service',
  where,
  probe: where,
  note: '',
  restarts: 0,
})
const parts = [
  part('nats', 'nats://127.0.0.1:4222'),
  part('collector', 'http://localhost:9090/metrics'),
  part('inbox', 'http://localhost:8025'),
]
const caught = { to: 'oncall@localhost', caught: true }

test('who is told stands in the environment, and the inbox is a page to open', () => {
  const hints = makeHints({ NATS_SUBJECT_PREFIX: 'monitoring', WEBHOOK_URL: 'http://x' }, parts, caught)
  expect(hints[0]).toBe(
    'Alerts go to: e-mail to oncall@localhost (the inbox), no Slack (set SLACK_WEBHOOK_URL), your webhook.',
  )
  expect(hints).toContain('  open http://localhost:8025')
})

test('where NOTIFIER_CONFIG names a file, that alone says who is told, and nothing is promised of the inbox', () => {
  const env = {
    NATS_SUBJECT_PREFIX: 'monitoring',
    WEBHOOK_URL: 'http://x',
    NOTIFIER_CONFIG: 'my/notifier.yml',
  }
  const hints = makeHints(env, parts, caught)
  expect(hints[0]).toBe('Alerts go to: what my/notifier.yml says.')
  expect(hints).toContain('  open http://localhost:9090/metrics')
  expect(hints.join()).not.toMatch(/inbox|8025|webhook|oncall/)
})
