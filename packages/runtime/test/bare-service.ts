import { z } from 'zod'
import {
  baseEnv,
  envVar,
  type Log,
  type RunningService,
  type ServiceContext,
  startService,
} from '../src/mod.ts'

export const bareEnv = z.object({ ...baseEnv, BARE_PORT: envVar.port.default(0) })
type BareShape = typeof bareEnv.shape
export type BareContext = ServiceContext<z.infer<typeof bareEnv>>

/** A log destination that keeps its lines. */
export function keepLines() {
  const lines: Record<string, unknown>[] = []
  return { lines, destination: { write: (line: string) => void lines.push(JSON.parse(line)) } }
}

export interface BareOptions {
  readonly name?: string
  readonly start?: (ctx: BareContext) => Promise<void> | void
  readonly log?: Log
}

/** A service that does nothing of its own; the test uses its context. */
export async function startBare(
  natsUrl: string,
  more: Readonly<Record<string, string>> = {},
  { name = 'bare', start = () => {}, log }: BareOptions = {},
): Promise<{ ctx: BareContext; service: RunningService }> {
  let context: BareContext | undefined
  const service = await startService<BareShape>(
    {
      name,
      env: bareEnv,
      port: (env) => env.BARE_PORT,
      async start(ctx) {
        context = ctx
        await start(ctx)
      },
    },
    {
      NATS_URL: natsUrl,
      HTTP_HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      SELF_METRICS_INTERVAL: '0',
      ...more,
    },
    log ? { log } : {},
  )
  await service.started
  if (!context) throw new Error('the service did not start')
  return { ctx: context, service }
}
