import { collectorMetrics, type Labels } from '@tocsin/contract'
import type { Metrics } from '@tocsin/runtime'
import type { Express } from 'express'
import { clientSignal, respondPieces } from '../http/respond-pieces.ts'
import { chooseFormat } from './choose-format.ts'
import { createFamilyReader, type ExposedHead } from './head-families.ts'
import { mergeFamilies } from './merge-families.ts'
import { toFamilies } from './self-families.ts'
import { writeExposition } from './write-exposition.ts'

export interface ExpositionDeps {
  readonly head: ExposedHead
  readonly metrics: Metrics
  /** What the service's own series are labelled with, here as on the stream. */
  readonly identity: Labels
  /** How long a series is shown after its last sample. Milliseconds. */
  readonly staleAfterMs: number
  /** Whether OpenMetrics is told when counters and histograms began. */
  readonly created: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Why the head cannot be shown yet; undefined once it can. */
  readonly trouble: () => string | undefined
}

/** Answers scrapes at `path`: the head's series together with the service's own metrics. */
export function mountExposition(app: Express, path: string, deps: ExpositionDeps): void {
  const { metrics, identity, staleAfterMs, now, trouble, created } = deps
  const readHead = createFamilyReader(deps.head, { created })
  const seconds = metrics.histogram(collectorMetrics.scrapeDurationSeconds)

  app.get(path, async (request, response) => {
    const reason = trouble()
    if (reason !== undefined) {
      // Counters that are still being counted up again would look like resets.
      response.status(503).type('text/plain').send(`${reason}\n`)
      return
    }
    const stop = seconds.startTimer()
    const { kind, contentType } = chooseFormat(request.get('accept'))
    // The head has them too, as they were when they were last published.
    const own = toFamilies(await metrics.read(), identity)
    const families = mergeFamilies(own, readHead(now() - staleAfterMs))
    response.set('Content-Type', contentType).vary('Accept')
    await respondPieces(request, response, writeExposition(families, kind), clientSignal(response))
    stop({ format: kind })
  })
}
