import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { probeHttp } from './probe-http.ts'
import { runServer, type Server, type ServerOptions } from './run-server.ts'
import type { ServerDefinition } from './server-definition.ts'

export interface AlertmanagerServerOptions extends ServerOptions {
  /** The text of alertmanager.yml. Default: one receiver that does nothing. */
  readonly config?: string
  readonly args?: readonly string[]
}

const SILENT = 'route: { receiver: none }\nreceivers: [{ name: none }]\n'

/** A single Alertmanager (no cluster). */
export function alertmanagerDefinition(options: AlertmanagerServerOptions = {}): ServerDefinition {
  return {
    name: 'alertmanager',
    url: (port) => `http://127.0.0.1:${port}`,
    prepare({ port, dataDir, listen }) {
      const file = join(dataDir, 'alertmanager.yml')
      writeFileSync(file, options.config ?? SILENT)
      return [
        `--config.file=${file}`,
        `--storage.path=${join(dataDir, 'data')}`,
        `--web.listen-address=${listen}:${port}`,
        '--cluster.listen-address=',
        ...(options.args ?? []),
      ]
    },
    probe: ({ port }) => probeHttp(`http://127.0.0.1:${port}/-/ready`),
  }
}

/** Starts a single Alertmanager (no cluster) on loopback. */
export const startAlertmanagerServer = (options: AlertmanagerServerOptions = {}): Promise<Server> =>
  runServer(alertmanagerDefinition(options), options)
