/** The queue of the outbox in which alerts wait that were posted to /api/v2/alerts. */
export const POSTED = 'posted'
