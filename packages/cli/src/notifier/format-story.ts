import { alertState, deliveryEvent, deliveryOutcome, stages, timestamp } from '@tocsin/contract'
import type { Colors } from 'picocolors/types.js'
import { z } from 'zod'
import { formatTime } from '../query/format-number.ts'
import { durationText, outcomeText, reasonText } from './format-delivery.ts'

const delivery = deliveryEvent.pick({
  channel: true,
  receiver: true,
  kind: true,
  attempt: true,
  reason: true,
  detail: true,
  durationMs: true,
  fallback: true,
  fellBackTo: true,
})

export const storyLine = z.object({
  time: timestamp,
  what: z.union([alertState, deliveryOutcome]),
  title: z.string(),
  fingerprints: z.array(z.string()),
  stages,
  delivery: delivery.optional(),
})
type StoryLine = z.infer<typeof storyLine>

/** One sentence about what happened, with its time; of what was delivered, how long each stage took. */
export function formatStoryLine(line: StoryLine, colors: Colors): string {
  const time = colors.dim(formatTime(Date.parse(line.time)))
  if (!line.delivery) return `${time}  ${colors.bold(line.what)}  ${line.title}`
  const { channel, kind, attempt, durationMs } = line.delivery
  const outcome = deliveryOutcome.parse(line.what)
  const tried = attempt === 0 ? '' : `, try ${attempt}, ${durationText(durationMs)}`
  const by = kind === 'digest' ? `${channel}, in a digest` : channel
  const why = reasonText(line.delivery)
  const took = outcome === 'delivered' ? stagesText(line.stages) : ''
  return [
    `${time}    ${outcomeText({ outcome }, colors)} by ${by}${tried}${why === '' ? '' : `: ${why}`}`,
    ...(took === '' ? [] : [`${' '.repeat(23)}${colors.dim(took)}`]),
  ].join('\n')
}

const ORDER = [
  'event',
  'received',
  'evaluated',
  'accepted',
  'grouped',
  'replayed',
  'sent',
  'acknowledged',
] as const

/** What lies between the stages: `event +3 ms evaluated +12 ms accepted …`. */
function stagesText(passed: StoryLine['stages']): string {
  let before: number | undefined
  const parts = ORDER.flatMap((name) => {
    const text = passed[name]
    if (text === undefined) return []
    const ms = Date.parse(text)
    const since = before === undefined ? '' : `+${durationText(Math.max(0, ms - before))} `
    before = ms
    return [`${since}${name}`]
  })
  return parts.length > 1 ? parts.join(' ') : ''
}
