import type { Bus, Log } from '@tocsin/runtime'
import type { Response } from 'express'
import { logAcknowledged } from '../delivery/log-acknowledged.ts'
import { whileStorable } from '../http/while-storable.ts'
import type { NotifierMetrics } from '../metrics.ts'
import type { Policy } from '../policy/policy.ts'
import type { Acknowledging } from './acknowledge.ts'
import type { Acknowledgements } from './acknowledgements.ts'

export interface StoreDeps {
  readonly bus: Bus
  readonly log: Log
  readonly metrics: NotifierMetrics
  readonly policy: () => Policy
  readonly acknowledgements: Acknowledgements
}

/** Stores acknowledgements, each with its line in the delivery log. @throws {HttpError} 503 while NATS is away */
export async function storeAcknowledgements(
  all: readonly Acknowledging[],
  what: 'alert' | 'group',
  { bus, log, metrics, policy, acknowledgements }: StoreDeps,
  response: Response,
): Promise<void> {
  for (const { record, given } of all) {
    await whileStorable(bus, response, () => acknowledgements.put(given))
    metrics.taken('acknowledgement', 'accepted', what)
    await logAcknowledged({ bus, metrics }, record, given, policy()).catch((error: unknown) =>
      log.warn({ err: error }, 'an acknowledgement is not in the delivery log'),
    )
  }
}
