import { parseEnv } from '@tocsin/runtime'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { alertmanagerEnv, readTargets, readTlsPaths } from './alertmanager-env.ts'

const targets = (env: Readonly<Record<string, string>>) =>
  readTargets(parseEnv(z.object(alertmanagerEnv), env))
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`

describe('the Alertmanagers of the environment', () => {
  it('are none unless one is named or wanted', () => {
    expect(targets({})).toEqual([])
    expect(targets({ ALERT_MANAGER_ENABLED: 'false', ALERT_MANAGER_URL: 'http://am:9093' })).toEqual([])
    expect(targets({ ALERT_MANAGER_ENABLED: 'true' })).toEqual([
      { name: 'http://localhost:9093/api/v2/alerts', authorization: undefined },
    ])
  })

  it('are several, each once, with a path before their API, and with logins that are in no name', () => {
    const urls = 'http://a:9093, https://me:s%40crt@b/am/ ,http://a:9093/'
    expect(
      targets({ ALERT_MANAGER_URL: urls, ALERT_MANAGER_USER: 'all', ALERT_MANAGER_PASS: 'pass' }),
    ).toEqual([
      { name: 'http://a:9093/api/v2/alerts', authorization: basic('all:pass') },
      { name: 'https://b/am/api/v2/alerts', authorization: basic('me:s@crt') },
    ])
    expect(targets({ ALERT_MANAGER_URL: 'http://a', ALERT_MANAGER_TOKEN: 'token' })[0]?.authorization).toBe(
      'Bearer token',
    )
  })

  it.each([
    [{ ALERT_MANAGER_USER: 'me' }, 'ALERT_MANAGER_PASS'],
    [{ ALERT_MANAGER_KEY: 'tls.key' }, 'ALERT_MANAGER_CERT'],
    [{ ALERT_MANAGER_USER: 'me', ALERT_MANAGER_PASS: 'x', ALERT_MANAGER_TOKEN: 'y' }, 'ALERT_MANAGER_TOKEN'],
    [{ ALERT_MANAGER_URL: 'localhost:9093' }, 'ALERT_MANAGER_URL'],
    [{ ALERT_MANAGER_URL: ' , ' }, 'ALERT_MANAGER_URL'],
  ])('are refused, by the variable at fault: %o', (env, variable) => {
    expect(() => targets({ ALERT_MANAGER_URL: 'http://a', ...(env as Record<string, string>) })).toThrow(
      variable,
    )
  })

  it('need files that are what they are named for', async () => {
    const paths = (env: Readonly<Record<string, string>>) =>
      readTlsPaths(parseEnv(z.object(alertmanagerEnv), env))
    expect(await paths({})).toEqual({ ca: undefined, cert: undefined, key: undefined })
    await expect(paths({ ALERT_MANAGER_CA: '/nowhere.pem' })).rejects.toThrow(/ALERT_MANAGER_CA.*ENOENT/s)
    await expect(
      paths({ ALERT_MANAGER_CERT: import.meta.filename, ALERT_MANAGER_KEY: import.meta.filename }),
    ).rejects.toThrow('ALERT_MANAGER_CERT')
  })
})
