import { codeOf, messageOf } from '@tocsin/runtime'
import type { Express } from 'express'
import type { Guard } from './guard.ts'

/** Reads the configuration file again, as Alertmanager does; 500 with every fault where it is refused. */
export function addReloadRoute(http: Express, guard: Guard, reload: () => Promise<void>): void {
  http.post('/-/reload', ...guard, async (_request, response) => {
    try {
      await reload()
      response.status(200).end()
    } catch (error) {
      // The faults quote no secret, and whoever asks must see them.
      const message = `failed to reload config: ${messageOf(error)}`
      response.status(500).json({ error: { code: codeOf(error) ?? 'not_reloaded', message } })
    }
  })
}
