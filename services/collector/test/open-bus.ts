import {
  type Bus,
  baseEnv,
  connectBus,
  createLog,
  createMetrics,
  parseEnv,
  systemClock,
} from '@tocsin/runtime'
import { z } from 'zod'

/** A client of the NATS at `url`, as the services have it. */
export function openBus(url: string): Promise<Bus> {
  return connectBus({
    env: parseEnv(z.object(baseEnv), { NATS_URL: url }),
    name: 'test',
    version: '0',
    log: createLog({ service: 'test', version: '0', level: 'silent' }),
    clock: systemClock,
    metrics: createMetrics('test', '0'),
  })
}
