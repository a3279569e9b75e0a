import type { FastifyPluginCallback } from 'fastify'
import type { Monitoring } from './create-monitoring.ts'
import { monitoring } from './default-monitoring.ts'
import { createFastifyPlugin } from './http/fastify-plugin.ts'
import { partsOf } from './monitoring-parts.ts'

/** The plugin for a monitoring of `createMonitoring()`, which is not the application's only one. */
export function monitorRequestsWith(monitoring: Monitoring): FastifyPluginCallback {
  const { recorder, tracking, uses } = partsOf(monitoring)
  return createFastifyPlugin(recorder.recordHttpRequest, tracking.tracing, () => {
    uses.http = true
  })
}

/**
 * Plugin for fastify that records every request with its route pattern.
 * @example await app.register(monitorRequests)
 */
export const monitorRequests: FastifyPluginCallback = monitorRequestsWith(monitoring)
