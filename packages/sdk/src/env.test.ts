import { describe, expect, it } from 'vitest'
import { readEnv } from './env.ts'
import { configure } from './options.ts'

describe('the environment', () => {
  it('gives what the options leave out', () => {
    const { environment, faults } = readEnv({
      NATS_URL: 'nats://a:4222, nats://b:4222',
      SERVICE_NAME: 'shop',
      SERVICE_VERSION: '',
      NODE_ENV: 'production',
      PROMETHEUS_PORT: '9464',
    })
    expect(faults).toEqual([])
    const configuration = configure({ version: '2.0.0', prometheus: { path: '/m' } }, environment)
    expect(configuration).toMatchObject({
      service: 'shop',
      version: '2.0.0',
      environment: 'production',
      nats: { servers: ['nats://a:4222', 'nats://b:4222'] },
      prometheus: { port: 9464, path: '/m' },
    })
  })

  it('takes a login out of an address, so that no warning shows it', () => {
    const of = (servers: string[]) => configure({ nats: { servers } }, {}).nats
    expect(of(['nats://shop:p%40ss@a:4222', 'nats://shop:p%40ss@b:4222'])).toMatchObject({
      servers: ['nats://a:4222', 'nats://b:4222'],
      user: 'shop',
      pass: 'p@ss',
    })
    expect(of(['shop:a:b@c@host:4222'])).toMatchObject({
      servers: ['host:4222'],
      user: 'shop',
      pass: 'a:b@c',
    })
    expect(of(['nats://host:4222/x@y'])).toMatchObject({ servers: ['nats://host:4222/x@y'], user: undefined })
    expect(
      configure({}, { NATS_URL: 'nats://u:p@a', NATS_USER: 'mine', NATS_PASS: 'own' }).nats,
    ).toMatchObject({
      user: 'mine',
      pass: 'own',
    })
  })

  it('needs nothing', () => {
    expect(configure({}, readEnv({}).environment)).toMatchObject({
      service: 'app',
      nats: { servers: ['nats://127.0.0.1:4222'] },
      prometheus: undefined,
      intervalMs: 250,
      subjects: { prefix: 'monitoring' },
    })
  })

  it('names what it cannot read, all of it, and goes on without', () => {
    const { environment, faults } = readEnv({
      PROMETHEUS_PORT: 'ninety',
      NATS_SUBJECT_PREFIX: 'a.*',
      PROMETHEUS_ENABLED: 'maybe',
      SERVICE_NAME: 'shop',
    })
    expect(environment).toEqual({ SERVICE_NAME: 'shop' })
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'NATS_SUBJECT_PREFIX',
      'PROMETHEUS_ENABLED',
      'PROMETHEUS_PORT',
    ])
  })

  it('opens no endpoint when it is switched off', () => {
    const off = readEnv({ PROMETHEUS_PORT: '9464', PROMETHEUS_ENABLED: 'false' }).environment
    expect(configure({}, off).prometheus).toBeUndefined()
    expect(configure({ prometheus: false }, { PROMETHEUS_PORT: 1 }).prometheus).toBeUndefined()
    expect(configure({ prometheus: { port: 1 } }, off).prometheus).toMatchObject({ port: 1 })
  })
})
