import type { V2Deps } from './v2-deps.ts'
import { refuseMethod } from './v2-error.ts'

/** The version of Alertmanager whose API this is; clients compare it with what they know. */
const API_VERSION = '0.28.1'

/** What clients ask about the server itself: its configuration, its receivers, whether it is well. */
export function addStatusRoutes(deps: V2Deps & { readonly startedMs: number }): void {
  const { http, policy, readiness, instance, url, version, startedMs } = deps
  const uptime = new Date(startedMs).toISOString()
  const versionInfo = {
    branch: 'tocsin',
    buildDate: '',
    buildUser: 'tocsin',
    goVersion: `none (node ${process.versions.node})`,
    revision: version,
    version: API_VERSION,
  }
  http.get('/api/v2/status', (_request, response) => {
    const cluster = { name: instance, status: 'ready', peers: [{ name: instance, address: url }] }
    response.json({ cluster, config: { original: policy().original }, uptime, versionInfo })
  })
  http.all('/api/v2/status', refuseMethod('GET'))

  http.get('/api/v2/receivers', (_request, response) => {
    response.json([...policy().receivers.keys()].map((name) => ({ name })))
  })
  http.all('/api/v2/receivers', refuseMethod('GET'))

  http.get('/-/healthy', (_request, response) => {
    response.type('text').send('OK')
  })
  http.get('/-/ready', async (_request, response) => {
    const { status } = await readiness.report()
    const isReady = status === 'ready' || status === 'degraded'
    response
      .status(isReady ? 200 : 503)
      .type('text')
      .send(isReady ? 'OK' : status)
  })
}
