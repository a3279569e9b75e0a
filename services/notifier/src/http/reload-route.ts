import { HttpError, messageOf } from '@tocsin/runtime'
import type { Express } from 'express'
import type { Guard } from './guard.ts'

/** Reads the configuration file again, as Alertmanager does; 500 with every fault where it is refused. */
export function addReloadRoute(http: Express, guard: Guard, reload: () => Promise<void>): void {
  http.post('/-/reload', ...guard, async (_request, response) => {
    try {
      await reload()
    } catch (error) {
      throw new HttpError(500, 'not_reloaded', `failed to reload config: ${messageOf(error)}`, {
        cause: error,
      })
    }
    response.status(200).end()
  })
}
