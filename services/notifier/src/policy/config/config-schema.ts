import { parseDuration } from '@tocsin/promql'
import { z } from 'zod'
import { flag, text } from '../../channels/settings/fields.ts'

/** A duration as Alertmanager writes it, as milliseconds. */
export const duration = text.transform((given, ctx) => {
  const ms = given === '0' ? 0 : parseDuration(given)
  if (ms !== undefined) return ms
  ctx.addIssue({ code: 'custom', message: 'a duration such as 30s, 5m or 1h30m' })
  return z.NEVER
})

/** A duration that something is done again after. */
const interval = duration.refine((ms) => ms > 0, 'a duration above 0 such as 30s, 5m or 1h30m')

const texts = z.array(text, 'a list of texts')
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const matchers = z.record(
  z.string().regex(labelName, 'the name of a label: letters, digits and _'),
  text,
  'a mapping of labels',
)

const rateLimit = z.strictObject(
  {
    limit: z.int('a whole number of notifications').positive('a number above 0'),
    per: interval,
    concurrency: z.int('a whole number').positive('a number above 0').optional(),
    spacing: interval.optional(),
  },
  'a limit such as { limit: 10, per: 1m }',
)

export const digest = z.strictObject(
  {
    name: text.optional(),
    every: interval.optional(),
    cron: text.optional(),
    time_zone: text.optional(),
    most: z.int('a whole number').positive('a number above 0').optional(),
  },
  'a digest such as { every: 15m } or { cron: "0 9 * * 1-5", time_zone: Europe/Berlin }',
)

const fallback = z.union(
  [
    text.transform((receiver) => ({ receiver, after: undefined })),
    z.strictObject({ receiver: text, after: interval.optional() }),
  ],
  'a receiver, or one with a time such as { receiver: managers, after: 10m }',
)

/** What Tocsin adds to a route or a receiver. */
export const additions = {
  rate_limit: rateLimit.optional(),
  digest: digest.optional(),
  fallback: fallback.optional(),
}

const matching = {
  match: matchers.optional(),
  match_re: matchers.optional(),
  matchers: texts.optional(),
}

const routeFields = {
  receiver: text.optional(),
  group_by: texts.optional(),
  group_wait: duration.optional(),
  group_interval: interval.optional(),
  repeat_interval: interval.optional(),
  ...matching,
  continue: flag.optional(),
  mute_time_intervals: texts.optional(),
  active_time_intervals: texts.optional(),
  routes: z.array(z.unknown(), 'a list of routes').optional(),
  ...additions,
}
/** One route; those below it are read one by one. */
export const route = z.strictObject(routeFields, 'a route, with at least a receiver')
export type RouteConfig = z.infer<typeof route>

export const inhibitRule = z.strictObject(
  {
    name: text.optional(),
    source_match: matchers.optional(),
    source_match_re: matchers.optional(),
    source_matchers: texts.optional(),
    target_match: matchers.optional(),
    target_match_re: matchers.optional(),
    target_matchers: texts.optional(),
    equal: texts.optional(),
  },
  'a rule with source_matchers, target_matchers and equal',
)

export const namedIntervals = z.strictObject(
  { name: text, time_intervals: z.array(z.unknown(), 'a list of intervals').default([]) },
  'a name, and time_intervals',
)

/** The file as a whole. What is in its lists is read item by item, so that one fault hides no other. */
export const config = z.strictObject(
  {
    global: z.record(z.string(), z.unknown(), 'a mapping').default({}),
    route: z.unknown(),
    receivers: z.array(z.unknown(), 'a list of receivers').default([]),
    inhibit_rules: z.array(z.unknown(), 'a list of rules').default([]),
    time_intervals: z.array(z.unknown(), 'a list of named intervals').default([]),
    mute_time_intervals: z.array(z.unknown(), 'a list of named intervals').default([]),
    templates: texts.default([]),
    tracing: z.unknown().optional(),
  },
  'a mapping with route and receivers',
)
