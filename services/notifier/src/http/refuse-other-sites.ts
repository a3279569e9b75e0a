import { HttpError } from '@tocsin/runtime'
import type { Request, RequestHandler } from 'express'

/**
 * Refuses what a page of another site makes a browser send: it would send a login along that it was given once, and
 * reaches what only this machine or network should. Programs that are no browsers name no site, and pass.
 */
export function refuseOtherSites(externalURL: string): RequestHandler {
  return (request, _response, next) => {
    if (isOurs(request, externalURL)) return next()
    next(
      new HttpError(
        403,
        'other_site',
        'a page of another site has sent this; where Tocsin is reached by another name, set NOTIFIER_EXTERNAL_URL',
      ),
    )
  }
}

function isOurs(request: Request, externalURL: string): boolean {
  const site = request.get('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = request.get('origin')
  const ours = [new URL(externalURL).origin, `${request.protocol}://${request.get('host')}`]
  return origin === undefined || ours.includes(origin)
}
