import { type Clock, checkLogin, HttpError, loginSchemes, readLogin } from '@tocsin/runtime'
import type { Request, RequestHandler } from 'express'
import type { z } from 'zod'
import type { authEnv } from './auth-env.ts'
import { checkSignature, SIGNATURE_HEADER, type SignatureFault, TIMESTAMP_HEADER } from './check-signature.ts'
import { rawBody } from './read-body.ts'
import { refuseOtherSites } from './refuse-other-sites.ts'

type AuthEnv = z.infer<z.ZodObject<typeof authEnv>>

/** Reads the body of a request that may change something; lets only those through who are allowed to. */
export type Guard = readonly RequestHandler[]

/**
 * The guard that the environment asks for: a login, or a signature over the body; none where nothing is set. Pages of
 * other sites than `externalURL` never pass.
 * @throws {EnvError} for a user without a password, or the other way round
 */
export function createGuard(env: AuthEnv, externalURL: string, mostBytes: number, clock: Clock): Guard {
  const login = readLogin(env, 'NOTIFIER_AUTH')
  const secret = env.NOTIFIER_HMAC_SECRET
  const refuseOthers = refuseOtherSites(externalURL)
  const readBody = rawBody(mostBytes)
  if (!login && secret === undefined) return [refuseOthers, readBody]
  const hasLogin = login ? checkLogin(login) : () => false
  const carriesLogin = (request: Request) => hasLogin(request.get('authorization'))
  const isSigned = (request: Request) => request.get(SIGNATURE_HEADER) !== undefined

  /** Before the body is read: strangers are not listened to. */
  const refuseStrangers: RequestHandler = (request, response, next) => {
    if (carriesLogin(request) || (secret !== undefined && isSigned(request))) return next()
    if (login) response.set('WWW-Authenticate', loginSchemes(login))
    next(unauthorized(secret === undefined ? undefined : 'unsigned'))
  }
  const checkSigned: RequestHandler = (request, _response, next) => {
    if (secret === undefined || carriesLogin(request)) return next()
    const signed = {
      timestamp: request.get(TIMESTAMP_HEADER),
      signature: request.get(SIGNATURE_HEADER),
      method: request.method,
      path: request.originalUrl,
      body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
    }
    const fault = checkSignature(signed, { secret, windowMs: env.NOTIFIER_HMAC_WINDOW, nowMs: clock.now() })
    next(fault && unauthorized(fault))
  }
  return [refuseOthers, refuseStrangers, readBody, checkSigned]
}

/** Whether a browser can show what the guard asks for: it knows a user and a password, no tokens or signatures. */
export function letsBrowsersIn(env: AuthEnv): boolean {
  if (env.NOTIFIER_AUTH_USER !== undefined) return true
  return env.NOTIFIER_AUTH_TOKEN === undefined && env.NOTIFIER_HMAC_SECRET === undefined
}

const ADVICE: Readonly<Record<SignatureFault, string>> = {
  unsigned: 'this needs a login (NOTIFIER_AUTH_…), or a signature made with NOTIFIER_HMAC_SECRET',
  stale: `the time in ${TIMESTAMP_HEADER} is too far from ours: sign in seconds since the epoch, and set the clock`,
  wrong_signature: `${SIGNATURE_HEADER} must be sha256= and the HMAC of <timestamp>.<body> with NOTIFIER_HMAC_SECRET`,
}
const LOGIN_ADVICE =
  'this needs the login that NOTIFIER_AUTH_USER and NOTIFIER_AUTH_PASS, or NOTIFIER_AUTH_TOKEN, set'

function unauthorized(fault: SignatureFault | undefined): HttpError {
  return new HttpError(401, 'unauthorized', fault === undefined ? LOGIN_ADVICE : ADVICE[fault])
}
