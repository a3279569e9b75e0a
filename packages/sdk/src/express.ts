import { monitoring } from './default-monitoring.ts'

export type { Middleware } from './http/monitor-requests.ts'

export const {
  /**
   * Middleware for express 4 and 5 that records every request with its route pattern. Use it before the routes.
   * @example app.use(monitorRequests())
   */
  monitorRequests,
} = monitoring
