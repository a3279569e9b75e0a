import { badData } from './api-error.ts'
import { TRUNCATED } from './limit-result.ts'
import { type LookUpDeps, lookUp } from './look-up.ts'
import { limitParameter } from './parse-limit.ts'
import type { ApiAnswer, ApiVerb } from './serve-api.ts'
import { writeArray, writeLabels } from './write-result.ts'

/** `/series`: the label sets that any of the selectors finds. */
export function findSeries(deps: LookUpDeps): ApiVerb {
  return async (request) => {
    const { form } = request
    if (!form.has('match[]')) throw badData('no match[] parameter provided')
    const series = await lookUp(deps, request, deps.head.inSteps.series)
    return listAnswer(series, form, ({ labels }) => writeLabels(labels))
  }
}

/** `/labels`: the names in use. */
export function listLabelNames(deps: LookUpDeps): ApiVerb {
  return async (request) => {
    const names = await lookUp(deps, request, deps.head.inSteps.labelNames)
    return listAnswer(names, request.form, (name) => JSON.stringify(name))
  }
}

/** `/label/<name>/values`. */
export function listLabelValues(deps: LookUpDeps): ApiVerb {
  return async (request) => {
    const label = unescapeName(request.name)
    if (label === '') throw badData(`invalid label name: ${JSON.stringify(request.name)}`)
    const values = await lookUp(deps, request, (query) => deps.head.inSteps.labelValues(label, query))
    return listAnswer(values, request.form, (value) => JSON.stringify(value))
  }
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
