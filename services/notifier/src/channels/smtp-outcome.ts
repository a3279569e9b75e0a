import { codeOf, messageOf } from '@tocsin/runtime'
import type { SendOutcome } from '../delivery/channel.ts'
import { outcomeOfFailure } from './http-outcome.ts'

/**
 * 4xx is worth another try, 5xx is not, except for a login that is refused: that is mended in the configuration,
 * and the notification should live to see it.
 */
export function outcomeOfSmtpError(error: unknown, signal: AbortSignal): SendOutcome {
  const status = smtpStatusOf(error)
  const detail = messageOf(error)
  // No TLS, or with a stranger: mended at the server or in the configuration, and worth waiting for.
  if (codeOf(error) === 'ETLS' || /certificate/i.test(detail))
    return { result: 'retry', reason: 'tls', detail }
  if (signal.aborted || status === undefined) {
    if (codeOf(error) === 'EENVELOPE') return { result: 'refused', reason: 'invalid_address', detail }
    return outcomeOfFailure(error, signal)
  }
  if (codeOf(error) === 'EAUTH') return { result: 'retry', reason: 'smtp_login', detail }
  const reason = `smtp_${status}`
  return status >= 500 ? { result: 'refused', reason, detail } : { result: 'retry', reason, detail }
}

function smtpStatusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('responseCode' in error)) return undefined
  return typeof error.responseCode === 'number' ? error.responseCode : undefined
}
