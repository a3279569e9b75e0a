import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { BaseEnv } from '../env/base-env.ts'
import { EnvError } from '../env/parse-env.ts'
import { HttpError } from './http-error.ts'

/** What readers of metrics say who they are with: a name and password, a token, or either. */
export interface Login {
  readonly basic: string | undefined
  readonly bearer: string | undefined
}

type LoginEnv = Pick<BaseEnv, 'PROMETHEUS_AUTH_USER' | 'PROMETHEUS_AUTH_PASS' | 'PROMETHEUS_AUTH_TOKEN'>

/**
 * The login that the environment asks for; undefined when it asks for none.
 * @throws {EnvError} for a user without a password, or the other way round
 */
export function readLogin(env: LoginEnv): Login | undefined {
  const { PROMETHEUS_AUTH_USER: user, PROMETHEUS_AUTH_PASS: pass, PROMETHEUS_AUTH_TOKEN: token } = env
  if ((user === undefined) !== (pass === undefined)) {
    const [missing, given] =
      user === undefined
        ? ['PROMETHEUS_AUTH_USER', 'PROMETHEUS_AUTH_PASS']
        : ['PROMETHEUS_AUTH_PASS', 'PROMETHEUS_AUTH_USER']
    throw new EnvError([{ name: missing, expected: `a value, since ${given} is set`, given: undefined }])
  }
  if (user === undefined && token === undefined) return undefined
  const basic = user === undefined ? undefined : `Basic ${Buffer.from(`${user}:${pass}`).toString('base64')}`
  return { basic, bearer: token === undefined ? undefined : `Bearer ${token}` }
}

/** The header that a client of ours sends with this login. */
export function loginHeaders(login: Login | undefined): Readonly<Record<string, string>> {
  const authorization = login?.bearer ?? login?.basic
  return authorization === undefined ? {} : { authorization }
}

/** Lets requests through that carry the login; the others are answered 401. */
export function requireLogin({ basic, bearer }: Login): RequestHandler {
  const accepted = [basic, bearer].filter((value) => value !== undefined).map(digest)
  const schemes = [basic && 'Basic realm="tocsin"', bearer && 'Bearer realm="tocsin"'].filter(Boolean)
  return (request, response, next) => {
    const given = digest(normalize(request.get('authorization') ?? ''))
    // Of equal length, and all compared: the time that it takes says nothing.
    const matches = accepted.map((one) => timingSafeEqual(one, given))
    if (matches.includes(true)) return next()
    response.set('WWW-Authenticate', schemes.join(', '))
    next(
      new HttpError(
        401,
        'unauthorized',
        'this needs the login that PROMETHEUS_AUTH_USER and PROMETHEUS_AUTH_PASS, or PROMETHEUS_AUTH_TOKEN, set',
      ),
    )
  }
}

/** The name of a scheme may be written in any case. */
function normalize(authorization: string): string {
  const [, scheme = '', rest = ''] = /^(\S+) +(.*)$/.exec(authorization) ?? []
  return `${scheme.charAt(0).toUpperCase()}${scheme.slice(1).toLowerCase()} ${rest}`
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
