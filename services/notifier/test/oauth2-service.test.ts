import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { failOnLeaks, type HttpSink, startHttpSink, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

const SECRET = 'cl1ent-s3cret-of-ours'
const TOKEN = 't0ken-that-was-granted'

let world: World
let granter: HttpSink
let service: HttpSink
let folder: string
beforeAll(async () => {
  ;[granter, service] = await Promise.all([startHttpSink(), startHttpSink()])
  folder = await mkdtemp(path.join(tmpdir(), 'tocsin-oauth2-'))
  await writeFile(path.join(folder, 'secret'), `${SECRET}\n`)
  const file = path.join(folder, 'notifier.yml')
  await writeFile(
    file,
    `
global:
  http_config:
    oauth2:
      client_id: tocsin
      client_secret_file: secret
      token_url: ${granter.url}/token
      endpoint_params: { assertion: ${SECRET}-too, audience: hooks }
route: { receiver: team }
receivers: [{ name: team, webhook_configs: [{ url: '${service.url}/hook' }] }]
`,
  )
  granter.answer({ status: 401, body: `{"error":"invalid_client","error_description":"not ${SECRET}"}` })
  service.answerWith(({ headers }) => ({
    status: headers['authorization'] === `Bearer ${TOKEN}` ? 200 : 403,
  }))
  world = await startWorld({ NOTIFIER_CONFIG: file })
}, 120_000)
afterAll(async () => {
  await world.stop()
  await Promise.all([granter.stop(), service.stop()])
  await rm(folder, { recursive: true })
})

describe('a notifier whose channels need tokens', { timeout: 60_000 }, () => {
  it('says in the delivery log that it has none, and delivers once it has', async () => {
    const body = JSON.stringify({ title: 'Hello', severity: 'high' })
    await fetch(`${world.service.url}/api/v1/notify`, { method: 'POST', body })
    const [failed] = await world.waitForDeliveries('outcome=failed', 1)
    expect(failed).toMatchObject({
      reason: 'oauth2_token',
      detail: `no token from ${granter.url}/token: HTTP 401, invalid_client: not ***`,
    })
    granter.answer({ body: JSON.stringify({ access_token: TOKEN, expires_in: 3600 }) })
    expect((await world.waitForDeliveries('outcome=delivered', 1, 30_000))[0]).toMatchObject({ reason: 'ok' })
    await granter.stop()
    await fetch(`${world.service.url}/api/v1/notify`, { method: 'POST', body })
    await world.waitForDeliveries('outcome=delivered', 2)
  })

  it('shows none of its secrets', async () => {
    const said = async (at: string) => (await fetch(`${world.service.url}${at}`)).text()
    await waitFor(async () => (await said('/api/v1/deliveries')).includes('delivered'))
    const status = await said('/api/v2/status')
    expect(status).toContain('client_id: tocsin')
    expect(status).toContain('assertion: <secret>')
    const logged = JSON.stringify(world.service.logs)
    const all = [logged, status, await said('/api/v1/deliveries'), await said('/metrics')].join('\n')
    for (const secret of [SECRET, TOKEN]) expect(all).not.toContain(secret)
  })
})
