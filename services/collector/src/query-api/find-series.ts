import type { Head, SeriesQuery } from '@tocsin/tsdb'
import { badData } from './api-error.ts'
import { limitParameter } from './parse-limit.ts'
import { selectorParameters } from './parse-selectors.ts'
import { timeParameter } from './parse-time.ts'
import type { ApiAnswer, ApiRequest, ApiVerb } from './serve-api.ts'
import { writeArray, writeLabels } from './write-result.ts'

const TRUNCATED = 'results truncated due to limit'
const EARLIEST = -8.64e15
const LATEST = 8.64e15

/** `/series`: the label sets that any of the selectors finds. */
export function findSeries(head: Head): ApiVerb {
  return ({ form }) => {
    if (!form.has('match[]')) throw badData('no match[] parameter provided')
    const query = seriesQuery(form)
    const series = head.series(query)
    return listAnswer(series, form, ({ labels }) => writeLabels(labels))
  }
}

/** `/labels`: the names in use. */
export function listLabelNames(head: Head): ApiVerb {
  return ({ form }) => listAnswer(head.labelNames(seriesQuery(form)), form, (name) => JSON.stringify(name))
}

/** `/label/<name>/values`. */
export function listLabelValues(head: Head): ApiVerb {
  return ({ form, name }: ApiRequest) => {
    const label = unescapeName(name)
    if (label === '') throw badData(`invalid label name: ${JSON.stringify(name)}`)
    return listAnswer(head.labelValues(label, seriesQuery(form)), form, (value) => JSON.stringify(value))
  }
}

function seriesQuery(form: URLSearchParams): SeriesQuery {
  const startMs = timeParameter(form, 'start', EARLIEST)
  const endMs = timeParameter(form, 'end', LATEST)
  return { selectors: selectorParameters(form), startMs, endMs }
}

function listAnswer<T>(found: readonly T[], form: URLSearchParams, write: (item: T) => string): ApiAnswer {
  const limit = limitParameter(form)
  const cut = found.length > limit
  const shown = cut ? found.slice(0, limit) : found
  return { data: writeArray(shown.values().map(write)), ...(cut && { warnings: [TRUNCATED] }) }
}

/** Names beyond letters, digits and _ come as `U__` with `_<hex>_` for what a path could not hold. */
function unescapeName(name: string): string {
  if (!name.startsWith('U__')) return /^[0-9]/.test(name) ? '' : name
  return name
    .slice('U__'.length)
    .replaceAll('__', '\u0000')
    .replace(/_([0-9a-fA-F]{1,6})_/g, (_, hex: string) => {
      const code = Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : ''
    })
    .replaceAll('\u0000', '_')
}
