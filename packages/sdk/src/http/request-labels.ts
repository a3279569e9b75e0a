/** The route of requests that no route matched: what strangers ask for must not become labels. */
export const UNMATCHED = 'unmatched'

/** nginx' status code for a client that went away before it was answered. */
export const CLIENT_CLOSED = 499
