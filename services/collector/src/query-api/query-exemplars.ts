import { selectorsOf } from '@tocsin/promql'
import type { Exemplar, SeriesExemplars } from '@tocsin/tsdb'
import { type LookUpDeps, lookUpSelectors } from './look-up.ts'
import { parseQuery } from './run-query.ts'
import type { ApiVerb } from './serve-api.ts'
import { writeSampleTime, writeSampleValue } from './write-number.ts'
import { writeArray, writeLabels } from './write-result.ts'

/** `/query_exemplars`: the exemplars of every series that an expression reads. */
export function queryExemplars(deps: LookUpDeps): ApiVerb {
  return async (request) => {
    const selectors = selectorsOf(parseQuery(request.form)).map(({ matchers }) => matchers)
    // Without a selector a look-up is about all series; an expression of numbers is about none.
    const found =
      selectors.length === 0
        ? []
        : await lookUpSelectors(deps, request, selectors, deps.head.inSteps.exemplars)
    return { data: writeArray(found.values().map(writeSeries)) }
  }
}

function writeSeries({ series, exemplars }: SeriesExemplars): string {
  return `{"seriesLabels":${writeLabels(series.labels)},"exemplars":[${exemplars.map(writeExemplar).join(',')}]}`
}

function writeExemplar({ labels, value, timeMs }: Exemplar): string {
  return `{"labels":${writeLabels(labels)},"value":"${writeSampleValue(value)}","timestamp":${writeSampleTime(timeMs)}}`
}
