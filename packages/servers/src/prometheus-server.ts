import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { probeHttp } from './probe-http.ts'
import { runServer, type Server, type ServerOptions } from './run-server.ts'
import type { ServerDefinition } from './server-definition.ts'

export interface PrometheusServerOptions extends ServerOptions {
  /** The text of prometheus.yml. Default: nothing is scraped. */
  readonly config?: string
  /** More command line arguments, such as `--enable-feature=…`. */
  readonly args?: readonly string[]
}

/** Prometheus, with its remote-write receiver and lifecycle API on. */
export function prometheusDefinition(options: PrometheusServerOptions = {}): ServerDefinition {
  return {
    name: 'prometheus',
    url: (port) => `http://127.0.0.1:${port}`,
    prepare({ port, dataDir, listen }) {
      const file = join(dataDir, 'prometheus.yml')
      writeFileSync(file, options.config ?? 'global: {}\n')
      return [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(dataDir, 'tsdb')}`,
        `--web.listen-address=${listen}:${port}`,
        '--web.enable-lifecycle',
        '--web.enable-remote-write-receiver',
        ...(options.args ?? []),
      ]
    },
    probe: ({ port }) => probeHttp(`http://127.0.0.1:${port}/-/ready`),
  }
}

/** Starts Prometheus, with its remote-write receiver and lifecycle API on on loopback. */
export const startPrometheusServer = (options: PrometheusServerOptions = {}): Promise<Server> =>
  runServer(prometheusDefinition(options), options)
