import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { baseEnv } from './base-env.ts'
import { envVar } from './env-var.ts'
import { EnvError, parseEnv } from './parse-env.ts'

const schema = z.object({
  ...baseEnv,
  PORT: envVar.port.default(9090),
  SMTP_PASS: envVar.secret.min(8, 'at least 8 characters').optional(),
  EMAIL_TO: envVar.list.default([]),
  INTERVAL: envVar.duration.default(60_000),
  BEAT: envVar.period.default(60_000),
  ENABLED: envVar.boolean.default(true),
  TOKEN: envVar.secret,
})
const least = { TOKEN: 't' }

function faultsOf(source: Readonly<Record<string, string | undefined>>): string[] {
  try {
    parseEnv(schema, source)
  } catch (error) {
    if (error instanceof EnvError)
      return error.faults.map(({ name, expected, given }) => `${name}|${expected}|${given}`)
    throw error
  }
  return []
}

describe('the environment', () => {
  it('has defaults, and takes a blank value for none', () => {
    const env = parseEnv(schema, { ...least, PORT: '  ', NATS_URL: '', LOG_PRETTY: undefined })
    expect(env).toMatchObject({
      PORT: 9090,
      NATS_URL: ['nats://localhost:4222'],
      NATS_REPLICAS: 1,
      NATS_SUBJECT_PREFIX: 'monitoring',
      REDIS_URL: 'redis://localhost:6379',
      LOG_LEVEL: 'info',
      MAX_EVENT_BYTES: 1_048_576,
      ENABLED: true,
    })
    expect(env.NATS_USER).toBeUndefined()
  })

  it.each([
    ['ENABLED', '0', false],
    ['ENABLED', 'TRUE', true],
    ['INTERVAL', '1500', 1500],
    ['INTERVAL', '1.5h', 5_400_000],
    ['INTERVAL', '10s', 10_000],
    ['EMAIL_TO', ' a@x.org, ,b@x.org ', ['a@x.org', 'b@x.org']],
    ['NATS_URL', 'nats://a:4222,tls://b:4222', ['nats://a:4222', 'tls://b:4222']],
    ['PORT', '0', 0],
  ] as const)('reads %s=%s', (name, text, value) => {
    expect(parseEnv(schema, { ...least, [name]: text })[name]).toEqual(value)
  })

  it('lists every fault at once: what was expected and what was given', () => {
    expect(
      faultsOf({
        PORT: '70000',
        ENABLED: 'yes',
        INTERVAL: 'soon',
        BEAT: '0s',
        LOG_LEVEL: 'loud',
        NATS_URL: 'localhost:4222',
        NATS_SUBJECT_PREFIX: 'a.*',
        NATS_REPLICAS: '1.5',
        SMTP_PASS: 'short',
      }).sort(),
    ).toEqual([
      "BEAT|a duration above 0 such as '500ms', '10s', '5m' or milliseconds|'0s'",
      "ENABLED|'true', 'false', '1' or '0'|'yes'",
      "INTERVAL|a duration such as '500ms', '10s', '5m' or milliseconds|'soon'",
      "LOG_LEVEL|one of trace, debug, info, warn, error, fatal, silent|'loud'",
      "NATS_REPLICAS|a whole number from 1 to 5|'1.5'",
      "NATS_SUBJECT_PREFIX|subject tokens without wildcards, such as monitoring|'a.*'",
      "NATS_URL|a URL that begins with nats:// or tls:// or ws:// or wss://|'localhost:4222'",
      "PORT|a port, 0 to 65535|'70000'",
      'SMTP_PASS|at least 8 characters|a secret of 5 characters',
      'TOKEN|a value|undefined',
    ])
  })

  it('never shows a secret or the password in a URL', () => {
    const message = (() => {
      try {
        parseEnv(schema, { ...least, REDIS_URL: 'http://u:hunter2@r', SMTP_PASS: 'hunter3' })
        return ''
      } catch (error) {
        return String(error)
      }
    })()
    expect(message).toContain("got 'http://u:***@r'")
    expect(message).not.toMatch(/hunter/)
  })
})
