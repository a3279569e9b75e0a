import { createThrottle, ListenError, listen, type ServiceContext } from '@tocsin/runtime'
import type { Head } from '@tocsin/tsdb'
import type { CollectorEnv } from '../env.ts'
import { createRepeats } from '../intake/repeats.ts'
import { createQueue } from './create-queue.ts'
import { createInHand } from './http/in-hand.ts'
import { createExportRecord } from './http/record-exports.ts'
import { serveExports } from './http/serve-exports.ts'
import { createKeptTranslations } from './kept-translations.ts'
import { createMetricTranslator } from './metrics/metric-translator.ts'
import { createTraceTranslator } from './traces/trace-translator.ts'

// In sizes of the largest body: what may be made of one, what all requests in hand may take with that, and what could not
// be stored and is kept.
const MOST_OF_ONE = 8
const MOST_IN_HAND = 16
const MOST_KEPT = 4
const MOST_LENGTH = 256 * 1024
/** A message may become larger than it is to be, by a series, and by characters of several bytes. */
const SPARE = 4

/**
 * Takes OTLP over HTTP on its own port, and stores it in METRICS and SPANS. `head` answers once the head is up to date.
 * @throws ListenError when the port is taken
 */
export async function mountOtlp(
  ctx: ServiceContext<CollectorEnv>,
  head: () => Head | undefined,
): Promise<void> {
  const { env, bus, log, clock, metrics, lifecycle } = ctx
  const now = () => clock.now()
  const throttle = createThrottle(clock)
  const inHand = createInHand(MOST_IN_HAND * env.OTLP_MAX_BYTES)
  const shared = { metrics, log, throttle }
  const handler = serveExports({
    bus,
    log,
    throttle,
    now,
    inHand,
    record: createExportRecord(metrics, inHand.taken),
    repeats: createRepeats(now),
    kept: createKeptTranslations(MOST_KEPT * env.OTLP_MAX_BYTES),
    queue: createQueue(),
    maxBytes: env.OTLP_MAX_BYTES,
    maxTotal: MOST_OF_ONE * env.OTLP_MAX_BYTES,
    trouble: () => bus.trouble(),
    maxLength() {
      const most = bus.nc.info?.max_payload ?? env.MAX_EVENT_BYTES
      return Math.min(MOST_LENGTH, Math.floor(Math.min(most, env.MAX_EVENT_BYTES) / SPARE))
    },
    translators: {
      metrics: createMetricTranslator({
        ...shared,
        resourceLabels: env.OTLP_RESOURCE_LABELS,
        scopeLabels: env.OTLP_SCOPE_LABELS,
        typeOf: (name) => head()?.metadata.get(name)?.type,
      }),
      traces: createTraceTranslator({
        ...shared,
        head,
        dimensions: env.SPAN_METRICS_DIMENSIONS,
        maxSeries: env.SPAN_METRICS_MAX_SERIES,
        builtIn: env.SPAN_METRICS_BUILT_IN,
        eventsPerSecond: env.SPAN_EVENTS_PER_SECOND,
      }),
    },
  })
  const server = await listen(handler, { port: env.OTLP_PORT, host: env.HTTP_HOST }, clock).catch(
    nameVariables,
  )
  lifecycle.onStop('otlp', () => server.close())
  log.info({ url: server.url }, 'listening for OTLP')
}

function nameVariables(error: unknown): never {
  if (!(error instanceof ListenError)) throw error
  const advice = `OTLP: ${error.message} (OTLP_PORT), or take none (OTLP_ENABLED=false)`
  throw new ListenError(error.code, advice, { cause: error })
}
