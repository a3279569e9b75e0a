import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Answered, AnsweredSeries } from '../../test/world/ask-dashboard.ts'
import type { ActiveRule } from './alert-list.ts'
import type { Mark } from './marks.ts'

/** A panel with the answers to its queries. */
export interface Shown {
  readonly panel: Panel
  readonly answers: readonly Answered[]
  readonly fromMs: number
  readonly toMs: number
  readonly marks: readonly Mark[]
  readonly rules: readonly ActiveRule[]
}

/** A series with the name that its legend gives it. */
export interface Named extends AnsweredSeries {
  readonly name: string
  readonly refId: string
}

interface Target {
  readonly refId?: string
  readonly legendFormat?: string
}

/** The series of a panel, in the order of its queries, named by their legends. */
export function namedSeries({ panel, answers }: Shown): Named[] {
  return answers.flatMap(({ query, series }) => {
    const target = (panel.targets as Target[] | undefined)?.find(({ refId }) => refId === query.refId)
    return series.map((one) => ({
      ...one,
      refId: query.refId,
      name: nameOf(one.metric, target?.legendFormat),
    }))
  })
}

function nameOf(metric: Readonly<Record<string, string>>, format: string | undefined): string {
  if (format !== undefined)
    return format.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => metric[label] ?? '')
  const labels = Object.entries(metric).map(([name, value]) => `${name}="${value}"`)
  return labels.length === 0 ? 'Value' : `{${labels.join(', ')}}`
}

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
