import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { failOnLeaks, type ServiceUnderTest, startService, watchLeaks } from '../src/mod.ts'

failOnLeaks({ beforeAll, afterAll })

const main = join(import.meta.dirname, 'fixtures/service.ts')
const started: ServiceUnderTest[] = []
const start = async (env: Record<string, string> = {}) => {
  const service = await startService('sla', env, { main })
  started.push(service)
  return service
}
afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.stop()))
})

const readiness = async (url: string) =>
  (await fetch(`${url}/health/ready`, { headers: { connection: 'close' } })).status

test('a service is ready when its start resolves, sees its environment, and its log can be waited on', async () => {
  const service = await start({ GREETING: 'hello' })
  expect(await readiness(service.url)).toBe(200)
  expect(await service.waitForLog((line) => line.msg === 'listening')).toMatchObject({ greeting: 'hello' })
  await service.stop()
  expect(service.logs.at(-1)?.msg).toBe('stopping')
  expect(service.running).toBe(false)
})

test('a service that was killed comes back on its port with a changed environment', async () => {
  const service = await start({ GREETING: 'hello' })
  const { pid } = service
  await service.kill()
  await expect(readiness(service.url)).rejects.toThrow()
  await service.restart({ GREETING: 'again' })
  expect(service.pid).not.toBe(pid)
  expect(await readiness(service.url)).toBe(200)
  expect(service.logs.at(-1)).toMatchObject({ greeting: 'again' })
})

test('a service that dies at its start is an error that holds its last words', async () => {
  await expect(start({ FAIL: '3' })).rejects.toThrow(/exit code 3[\s\S]*cannot start/)
})

test('the leak check names what is left open, and is content once it is closed', async () => {
  const watch = watchLeaks()
  const service = await start()
  await expect(watch.check(50)).rejects.toThrow(`process ${service.pid}`)
  await service.stop()
  await watch.check()
})
