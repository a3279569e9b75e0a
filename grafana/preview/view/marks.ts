import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Answered } from '../../test/world/ask-dashboard.ts'
import { colourOf } from './colours.ts'

/** A time that an annotation marks on every graph. Seconds since 1970. */
export interface Mark {
  /** Undefined when it began before what is shown. */
  readonly from?: number
  readonly to: number
  readonly colour: string
}

type Annotations = Dashboard['annotations']

/** What annotations that are switched on found, as Grafana has it: points that follow each other are one time. */
export function marksOf(annotations: Annotations, answers: readonly Answered[], fromMs: number): Mark[] {
  return (annotations.list ?? []).flatMap(({ name, enable, iconColor }) => {
    const answer = answers.find(({ query }) => query.where === `annotation ${name}`)
    if (!enable || !answer) return []
    const times = answer.series.map(({ points }) => points.map(([time]) => time))
    const step = Math.min(
      ...times.flatMap((one) => one.slice(1).map((time, index) => time - (one[index] ?? 0))),
    )
    return times
      .flatMap((one) => timesOf(one, step))
      .map(([first, last]) => ({
        ...(first - step > fromMs / 1000 && { from: first }),
        to: last,
        colour: colourOf(iconColor),
      }))
  })
}

function timesOf(times: readonly number[], step: number): [first: number, last: number][] {
  const found: [number, number][] = []
  for (const time of times) {
    const open = found.at(-1)
    if (open && time - open[1] < step * 1.5) open[1] = time
    else found.push([time, time])
  }
  return found
}
