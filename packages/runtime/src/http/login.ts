import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import { EnvError } from '../env/parse-env.ts'
import { HttpError } from './http-error.ts'

/** What readers of metrics say who they are with: a name and password, a token, or either. */
export interface Login {
  readonly basic: string | undefined
  readonly bearer: string | undefined
}

/** Variables of a login, `<prefix>_USER`, `<prefix>_PASS` and `<prefix>_TOKEN`, as they were read. */
type LoginEnv<Prefix extends string> = Readonly<
  Partial<Record<`${Prefix}_${'USER' | 'PASS' | 'TOKEN'}`, string | undefined>>
>

/**
 * The login that the environment asks for; undefined when it asks for none.
 * @throws {EnvError} for a user without a password, or the other way round
 */
export function readLogin<Prefix extends string = 'PROMETHEUS_AUTH'>(
  env: LoginEnv<Prefix>,
  prefix = 'PROMETHEUS_AUTH' as Prefix,
): Login | undefined {
  const read: Readonly<Record<string, string | undefined>> = env
  const [user, pass, token] = ['USER', 'PASS', 'TOKEN'].map((name) => read[`${prefix}_${name}`])
  if ((user === undefined) !== (pass === undefined)) {
    const [missing, given] =
      user === undefined ? [`${prefix}_USER`, `${prefix}_PASS`] : [`${prefix}_PASS`, `${prefix}_USER`]
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

/** Tells whether the header `Authorization` of a request carries the login, in a time that says nothing about it. */
export function checkLogin({ basic, bearer }: Login): (authorization: string | undefined) => boolean {
  const accepted = [basic, bearer].filter((value) => value !== undefined).map(digest)
  return (authorization = '') => {
    const given = digest(normalize(authorization))
    // Of equal length, and all compared: the time that it takes says nothing.
    return accepted.map((one) => timingSafeEqual(one, given)).includes(true)
  }
}

/** What `WWW-Authenticate` says of a login. */
export function loginSchemes({ basic, bearer }: Login): string {
  return [basic && 'Basic realm="tocsin"', bearer && 'Bearer realm="tocsin"'].filter(Boolean).join(', ')
}

/** Lets requests through that carry the login; the others are answered 401. */
export function requireLogin(login: Login): RequestHandler {
  const carries = checkLogin(login)
  const schemes = loginSchemes(login)
  return (request, response, next) => {
    if (carries(request.get('authorization'))) return next()
    response.set('WWW-Authenticate', schemes)
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
