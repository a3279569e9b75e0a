import { type Engine, isActive, type PlacedRule } from '@tocsin/alerting'
import type { Express, Request, Response } from 'express'
import { answerApiError } from './api-error.ts'
import { presentAlert, presentGroup } from './present-rules.ts'
import type { ApiDeps } from './serve-api.ts'

/** `GET /api/v1/rules` and `GET /api/v1/alerts`, field for field as Prometheus answers. */
export function serveRules(app: Express, { session }: Pick<ApiDeps, 'session'>): void {
  const withEngine =
    (answer: (engine: Engine, request: Request, response: Response) => void) =>
    (request: Request, response: Response) => {
      const engine = session()?.engine
      if (engine) answer(engine, request, response)
      else answerApiError(response, 'unavailable', 'this replica stands by: ask the one that holds the lease')
    }

  app.get(
    '/api/v1/rules',
    withEngine((engine, request, response) => {
      const type = textOf(request.query['type'])
      if (type !== undefined && type !== 'alert' && type !== 'record')
        return answerApiError(
          response,
          'bad_data',
          `not supported value ${JSON.stringify(type)}: type is alert or record`,
        )
      const [names, groupNames, files] = ['rule_name', 'rule_group', 'file'].map((name) =>
        listOf(request, name),
      )
      const wanted = ({ rule }: PlacedRule) =>
        (type === undefined || (rule.kind === 'alerting') === (type === 'alert')) &&
        (!names || names.has(rule.name))
      const narrowed = type !== undefined || names !== undefined
      const alerts = textOf(request.query['exclude_alerts'])?.toLowerCase() !== 'true'
      const groups = engine
        .rules()
        .groups.filter(
          ({ name, file }) => (!groupNames || groupNames.has(name)) && (!files || files.has(file)),
        )
        .map((group) => presentGroup(group, engine, wanted, alerts))
        .filter(({ rules }) => !narrowed || rules.length > 0)
      response.json({ status: 'success', data: { groups } })
    }),
  )

  app.get(
    '/api/v1/alerts',
    withEngine((engine, _request, response) => {
      const alerts = [...engine.rules().rules.keys()].flatMap((id) =>
        [...engine.status(id).alerts.values()].filter(isActive).map(presentAlert),
      )
      response.json({ status: 'success', data: { alerts } })
    }),
  )
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The values of `name[]`, given once or often. */
function listOf(request: Request, name: string): ReadonlySet<string> | undefined {
  const given = request.query[`${name}[]`] ?? request.query[name]
  const values = (Array.isArray(given) ? given : [given]).filter((v): v is string => typeof v === 'string')
  return values.length > 0 ? new Set(values) : undefined
}
