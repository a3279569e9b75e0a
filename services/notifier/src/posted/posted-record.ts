import { postedAlert } from '@tocsin/contract'
import { z } from 'zod'

/** What is known of a posted alert, under `posted.<fingerprint>` of the bucket `groups`: as of the last news of it. */
export const postedRecord = z.object({
  fingerprint: z.string(),
  alert: postedAlert,
  postedMs: z.number().describe('when it was posted last'),
  isFiring: z.boolean().describe('it was told to fire, and not yet to have ended'),
  isUnheard: z
    .literal(true)
    .optional()
    .describe(
      'it ended, and of its beginning nothing has come: a queue that was put in order again may yet bring it',
    ),
})
export type PostedRecord = z.infer<typeof postedRecord>
