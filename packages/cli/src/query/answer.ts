import { z } from 'zod'

/** Seconds since the epoch, and the value as the API writes it. */
const sample = z.tuple([z.number(), z.string()])
const metric = z.record(z.string(), z.string())
const histogram = z.tuple([z.number(), z.object({ count: z.string(), sum: z.string() })])

const data = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric, value: sample.optional(), histogram: histogram.optional() })),
  }),
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({ metric, values: z.array(sample).default([]), histograms: z.array(histogram).default([]) }),
    ),
  }),
  z.object({ resultType: z.literal('scalar'), result: sample }),
  z.object({ resultType: z.literal('string'), result: sample }),
])

const remarks = z
  .array(z.string())
  .nullish()
  .transform((found) => found ?? [])

/** What the query API answers, fields that are not shown left out. */
export const answerSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data, warnings: remarks, infos: remarks }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
])

export type Answer = z.infer<typeof answerSchema>
export type QueryData = z.infer<typeof data>
type ResultOf<T extends QueryData['resultType']> = Extract<QueryData, { resultType: T }>['result']
export type Vector = ResultOf<'vector'>
export type Matrix = ResultOf<'matrix'>
export type Sample = z.infer<typeof sample>
