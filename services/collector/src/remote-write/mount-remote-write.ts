import { createThrottle, type ServiceContext } from '@tocsin/runtime'
import type { Head } from '@tocsin/tsdb'
import type { CollectorEnv } from '../env.ts'
import { createRepeats } from '../intake/repeats.ts'
import { createNameChecks } from './check-names.ts'
import { createLabelSetReader } from './read-label-set.ts'
import { createWriteRecord } from './record-writes.ts'
import { createRooms } from './room.ts'
import { createSeriesGates } from './series-gate.ts'
import { serveWrite } from './serve-write.ts'
import { createSources } from './sources.ts'

const PATH = '/api/v1/write'
/** How long a request may wait for NATS: its sender tries again, so it need not be long. */
const DEADLINE_MS = 5000
const MOST_LENGTH = 256 * 1024
/** A message may become larger than it is to be by one series. */
const SPARE = 4
/** Requests in hand at once take so many times what the largest may. */
const MOST_IN_HAND = 4
/** What is remembered of a series, long labels and two generations reckoned in. */
const SERIES_BYTES = 400

/** Takes remote write of Prometheus, version 1 and 2, and stores it in METRICS; `head` is there once it is up to date. */
export function mountRemoteWrite(
  { env, http, bus, log, clock, metrics }: ServiceContext<CollectorEnv>,
  head: () => Head | undefined,
): void {
  const now = () => clock.now()
  const names = createNameChecks()
  const sources = createSources({
    now,
    readLabelSet: createLabelSetReader(names),
    gateOf: createSeriesGates({ head, limits: env, now, subjects: bus.subjects }),
    maxSeriesBytes: env.METRICS_MAX_SERIES * SERIES_BYTES,
    maxLength() {
      const most = bus.nc.info?.max_payload ?? env.MAX_EVENT_BYTES
      return Math.min(MOST_LENGTH, Math.floor(Math.min(most, env.MAX_EVENT_BYTES) / SPARE))
    },
    publish: (source, json, id) =>
      bus.publish(bus.subjects.metrics(source), json, { msgId: id, deadlineMs: DEADLINE_MS }),
  })
  http
    .route(PATH)
    .post(
      serveWrite({
        sources,
        names,
        now,
        log,
        throttle: createThrottle(clock),
        record: createWriteRecord(metrics, () => sources.knownSeries()),
        rooms: createRooms(MOST_IN_HAND * env.REMOTE_WRITE_MAX_BYTES),
        repeats: createRepeats(now),
        trouble: () => bus.trouble(),
        maxBytes: env.REMOTE_WRITE_MAX_BYTES,
      }),
    )
    .all((_request, response) => {
      response.set('Allow', 'POST').status(405).type('text/plain').send('remote write is sent with POST\n')
    })
}
