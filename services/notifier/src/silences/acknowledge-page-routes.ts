import { HttpError } from '@tocsin/runtime'
import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import { type Acknowledging, acknowledge, alertsMeant } from './acknowledge.ts'
import { askingPage, donePage, faultPage, keyOf } from './acknowledge-page.ts'
import { type AcknowledgementRouteDeps, meant } from './acknowledgement-routes.ts'
import { storeAcknowledgements } from './store-acknowledgements.ts'

export interface PageDeps extends AcknowledgementRouteDeps {
  /** Whether a browser can log in where that is asked for. */
  readonly letsBrowsersIn: boolean
}

const PATH = '/acknowledge'

const asked = z
  .object({ fingerprint: z.string().min(1).optional(), groupKey: z.string().min(1).optional() })
  .refine(({ fingerprint, groupKey }) => (fingerprint === undefined) !== (groupKey === undefined))

const pressed = z.object({
  by: z.string().trim().min(1, 'say who you are').max(200),
  comment: z.string().max(2000).default(''),
  alert: z.array(z.string()).min(1, 'name an alert'),
})

/**
 * The page that links in notifications lead to. To open it changes nothing, since mail scanners and previews do;
 * its button asks for what every acknowledgement asks for, and works from this page alone.
 */
export function addAcknowledgePage(deps: PageDeps): void {
  const { http, guard } = deps
  http.get(PATH, asPage(showAlerts(deps)))
  http.post(PATH, ...guard, asPage(takePressed(deps)))
}

function showAlerts({ firing, policy, acknowledgements, letsBrowsersIn, clock }: PageDeps) {
  return ({ query }: Request): string => {
    const { data } = asked.safeParse(query)
    if (!data)
      throw new HttpError(
        400,
        'invalid_query',
        'This address names no alert: follow the link of a notification.',
      )
    const records = meant(() => alertsMeant(data, firing, policy()))
    const shown = records.map((record) => ({
      record,
      seen: acknowledgements.acknowledged(record.alert, clock.now())
        ? acknowledgements.get(record.fingerprint)
        : undefined,
    }))
    return askingPage(shown, letsBrowsersIn ? undefined : commandFor(data))
  }
}

function takePressed(deps: PageDeps) {
  const { firing, policy, clock } = deps
  return async (request: Request, response: Response): Promise<string> => {
    const { by, comment, alert: keys } = readForm(request)
    const all: Acknowledging[] = []
    for (const key of new Set(keys)) {
      const record = firing.get(key.split(' ')[0] ?? '')
      // The same alert that has begun anew is another matter.
      if (record && keyOf(record) === key)
        all.push(
          ...acknowledge({ fingerprint: record.fingerprint, by, comment }, firing, policy(), clock.now()),
        )
    }
    if (all.length === 0) throw new HttpError(404, 'not_found', 'It does not fire any more.')
    await storeAcknowledgements(all, keys.length === 1 ? 'alert' : 'group', deps, response)
    const done = all.map(({ record }) => record)
    return donePage(by, done, new Set(keys).size - done.length)
  }
}

function readForm({ body }: Request): z.infer<typeof pressed> {
  const fields = new URLSearchParams(Buffer.isBuffer(body) ? body.toString() : '')
  const parsed = pressed.safeParse({
    by: fields.get('by') ?? '',
    comment: fields.get('comment') ?? undefined,
    alert: fields.getAll('alert'),
  })
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new HttpError(400, 'invalid_form', faults.join('; '))
}

function commandFor({ fingerprint, groupKey }: z.infer<typeof asked>): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  return `tocsin ack ${fingerprint === undefined ? `--group ${quoted(groupKey ?? '')}` : quoted(fingerprint)}`
}

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  // Without an origin to compare, forms of this page could not be told from those of others.
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

/** Answers with a page, of a fault as well: a person reads it. */
function asPage(make: (request: Request, response: Response) => string | Promise<string>): RequestHandler {
  return async (request, response) => {
    response.set(HEADERS).type('html')
    try {
      response.send(await make(request, response))
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      const title = error.status === 404 ? 'Nothing to acknowledge' : 'Not acknowledged'
      response.status(error.status).send(faultPage(title, error.message))
    }
  }
}
