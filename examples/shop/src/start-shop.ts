import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  addCustomHealthCheck,
  alertManager,
  initializeMonitoring,
  type MonitoringOptions,
  notify,
  shutdown,
} from '@tocsin/sdk'
import { createApp } from './create-app.ts'
import { openDatabase } from './open-database.ts'

export interface RunningShop {
  readonly url: string
  stop(): Promise<void>
}

const errors = 'sum(rate(http_requests_total{service="shop",status_code=~"5.."}[15s]))'
const all = 'sum(rate(http_requests_total{service="shop"}[15s]))'

/** Opens the database, begins to be monitored, and listens on loopback. Rejects when the port is taken. */
export async function startShop(port: number, options: MonitoringOptions = {}): Promise<RunningShop> {
  const { onWarning: warn = console.warn } = options
  const database = openDatabase()
  let server: Server
  try {
    server = await listen(createApp(database), port)
  } catch (error) {
    database.close()
    throw error
  }
  await initializeMonitoring({ service: 'shop', version: '1.0.0', ...options })
  const removeCheck = addCustomHealthCheck({
    name: 'database',
    type: 'database',
    interval: 5000,
    timeout: 2000,
    critical: true,
    check: () => {
      const rows = database.query('SELECT', 'products', 'SELECT count(*) AS products FROM products')
      return { status: 'healthy', message: 'the products can be read', details: { ...rows[0] } }
    },
  })
  // Not awaited: a shop sells, whether or not somebody watches it. The SDK keeps the rule until it arrives.
  void alertManager.addCustomRule({
    name: 'ShopErrorRate',
    expression: `${errors} / ${all} > 0.05`,
    for: '5s',
    severity: 'critical',
    labels: { category: 'demo', service: 'shop' },
    annotations: {
      summary: 'The shop answers {{ $value | humanizePercentage }} of its requests with an error',
      description: 'More than 5 % of the requests of the last 15 seconds failed.',
    },
  })
  const { port: bound } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${bound}`
  notify('The shop is open', `It listens on ${url}.`, 'low', { service: 'shop', version: '1.0.0' }).catch(
    (error) => warn(`not notified: ${error.message}`),
  )

  return {
    url,
    async stop() {
      server.closeIdleConnections()
      await new Promise((resolve) => server.close(resolve))
      removeCheck()
      await shutdown()
      database.close()
    },
  }
}

function listen(app: ReturnType<typeof createApp>, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, '127.0.0.1', (error?: Error) => (error ? reject(error) : resolve(server)))
  })
}
