import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Registry } from 'prom-client'
import { messageOf } from './errors.ts'
import { metricsOf } from './publish/prom-client.ts'
import type { Warn } from './warn.ts'

export interface MetricsEndpoint {
  /** The port it listens on; undefined when it could not. */
  readonly port: number | undefined
  close(): Promise<void>
}

/**
 * Serves the application's own `/metrics`, labelled with its service (the scraper adds the instance). A port that
 * is taken is a warning. Does not keep the process alive.
 */
export async function serveMetrics(parts: {
  readonly port: number
  readonly path: string
  readonly host: string | undefined
  readonly registries: () => readonly Registry[]
  readonly service: string
  readonly warn: Warn
}): Promise<MetricsEndpoint> {
  const { port, path, host, registries, service, warn } = parts
  const server = createServer((request, response) => {
    const url = (request.url ?? '/').split('?', 1)[0]
    if (url !== path) return void response.writeHead(404).end(`metrics are at ${path}\n`)
    expose(registries(), service).then(
      (text) => response.writeHead(200, { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE }).end(text),
      (error) => {
        warn('endpoint', `${path} could not be written: ${messageOf(error)}`)
        response.writeHead(500).end()
      },
    )
  })
  server.unref()
  const listening = await listen(server, port, host).catch((error) => {
    warn('endpoint', `no ${path} of our own: ${messageOf(error)}. Choose another PROMETHEUS_PORT, or none`)
    return undefined
  })
  // What goes wrong later concerns single connections.
  server.on('error', () => {})
  return {
    port: listening,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // Not shared among the workers of a cluster: each scrape would get another one's metrics.
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** All registries as one text; where two have a metric of one name, the first wins. */
async function expose(registries: readonly Registry[], service: string): Promise<string> {
  const all = new Registry()
  all.setDefaultLabels({ service })
  for (const registry of registries)
    for (const { name } of metricsOf(registry)) {
      const metric = registry.getSingleMetric(name)
      if (metric && !all.getSingleMetric(name)) all.registerMetric(metric)
    }
  return await all.metrics()
}
