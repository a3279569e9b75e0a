import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import {
  isRunning,
  liveProcesses,
  probeHttp,
  probeNats,
  probeRedis,
  type Server,
  startAlertmanagerServer,
  startNatsServer,
  startPrometheusServer,
  startRedisServer,
} from '../src/mod.ts'

const started: Server[] = []
const keep = (server: Server): Server => {
  started.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()))
  expect(liveProcesses()).toEqual([])
})

/** One Redis command over a fresh connection; the raw reply, or undefined when none comes in time. */
function redis(port: number, command: string, timeoutMs = 2000): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const done = (reply: string | undefined) => {
      socket.destroy()
      resolve(reply)
    }
    socket.setTimeout(timeoutMs, () => done(undefined))
    socket.once('error', reject)
    socket.once('connect', () => socket.write(`${command}\r\n`))
    socket.once('data', (data) => done(data.toString()))
  })
}

const cases = [
  { name: 'nats', start: startNatsServer, probe: (s: Server) => probeNats(s) },
  { name: 'redis', start: startRedisServer, probe: (s: Server) => probeRedis(s.url) },
  { name: 'prometheus', start: startPrometheusServer, probe: (s: Server) => probeHttp(`${s.url}/-/healthy`) },
  {
    name: 'alertmanager',
    start: startAlertmanagerServer,
    probe: (s: Server) => probeHttp(`${s.url}/-/healthy`),
  },
]

describe.each(cases)('$name', ({ start, probe }) => {
  test('is ready when its start resolves, and leaves neither process nor data behind', async () => {
    const server = keep(await start())
    await probe(server)
    expect(isRunning(server.pid)).toBe(true)
    await server.stop()
    expect(isRunning(server.pid)).toBe(false)
    expect(existsSync(server.dataDir)).toBe(false)
    await server.stop()
  })

  test('comes back on the same port after a crash', async () => {
    const server = keep(await start())
    const { port, pid } = server
    await server.kill()
    expect(isRunning(pid)).toBe(false)
    expect(server.running).toBe(false)
    await server.restart()
    expect(server.port).toBe(port)
    expect(server.pid).not.toBe(pid)
    await probe(server)
  })
})

test('Redis keeps its data over a restart', async () => {
  const server = keep(await startRedisServer())
  expect(await redis(server.port, 'SET bell tocsin')).toBe('+OK\r\n')
  await server.restart()
  expect(await redis(server.port, 'GET bell')).toBe('$6\r\ntocsin\r\n')
})

test('a paused server answers nothing until it is resumed', async () => {
  const server = keep(await startRedisServer())
  await server.pause()
  expect(await redis(server.port, 'PING', 200)).toBeUndefined()
  await server.resume()
  expect(await redis(server.port, 'PING')).toBe('+PONG\r\n')
})

test('a paused server can be stopped', async () => {
  const server = keep(await startRedisServer())
  await server.pause()
  await server.stop()
  expect(isRunning(server.pid)).toBe(false)
})

test('a server that asks for a port in use says so, and starts nothing', async () => {
  const first = keep(await startNatsServer())
  await expect(startNatsServer({ port: first.port })).rejects.toMatchObject({
    code: 'port-taken',
    retryable: true,
  })
  expect(liveProcesses()).toHaveLength(1)
})

test('a configuration that the server refuses is an error with the server’s own words', async () => {
  await expect(startPrometheusServer({ config: 'nonsense: true\n' })).rejects.toThrow(/nonsense/)
  expect(liveProcesses()).toEqual([])
})

test('nats-server takes only the credentials that it was given', async () => {
  const server = keep(await startNatsServer({ user: 'bell', pass: 'ringer "7"' }))
  await expect(probeNats(server)).rejects.toThrow(/authorization/i)
  await probeNats({ host: server.host, port: server.port, user: 'bell', pass: 'ringer "7"' })
})

test('ten servers started at once get ten ports', async () => {
  const servers = await Promise.all(Array.from({ length: 10 }, () => startRedisServer()))
  servers.forEach(keep)
  expect(new Set(servers.map((server) => server.port)).size).toBe(10)
})

test('a Redis that wants a password is told apart from one that takes ours', async () => {
  const server = keep(await startRedisServer())
  await redis(server.port, 'CONFIG SET requirepass ringer')
  await expect(probeRedis(server.url)).rejects.toThrow(/NOAUTH/)
  await expect(probeRedis(`redis://:wrong@127.0.0.1:${server.port}`)).rejects.toThrow(/WRONGPASS|invalid/i)
  await probeRedis(`redis://:ringer@127.0.0.1:${server.port}`)
})
