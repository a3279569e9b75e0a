import { postedAlert } from '@tocsin/contract'
import { z } from 'zod'

/** What is known of a posted alert, under `posted.<fingerprint>` of the bucket `groups`: as of the last news of it, and the first refresh. */
export const postedRecord = z.object({
  fingerprint: z.string(),
  alert: postedAlert,
  postedMs: z.number().describe('when it was posted last'),
  isFiring: z.boolean().describe('it was told to fire, and not yet to have ended'),
  isRefreshed: z
    .boolean()
    .optional()
    .describe('it was posted again, which is not stored each time: it may end up to resolve_timeout later'),
  isInGrace: z
    .boolean()
    .optional()
    .describe(
      'it was not heard of while nobody was at work: its end is the last that it gets unless posted again',
    ),
  unheardSinceMs: z
    .number()
    .optional()
    .describe(
      'it ended, and its beginning has not come: a queue that was put in order again may yet bring it, posted after this',
    ),
})
export type PostedRecord = z.infer<typeof postedRecord>
