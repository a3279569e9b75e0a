import type { Express, Request, Response } from 'express'
import { answerApiError } from './api-error.ts'
import type { PresentedGroup, PresentedRule } from './present-rules.ts'
import type { ApiDeps } from './serve-api.ts'

/** `GET /api/v1/rules` and `GET /api/v1/alerts`, field for field as Prometheus answers, from any replica. */
export function serveRules(app: Express, { groups }: Pick<ApiDeps, 'groups'>): void {
  const withGroups =
    (answer: (groups: readonly PresentedGroup[], request: Request, response: Response) => void) =>
    async (request: Request, response: Response) => {
      const known = await groups()
      if (known) answer(known, request, response)
      else answerApiError(response, 'unavailable', 'this replica is starting: ask again in a moment')
    }

  app.get(
    '/api/v1/rules',
    withGroups((known, request, response) => {
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
      const wanted = (rule: PresentedRule) =>
        (type === undefined || (rule.type === 'alerting') === (type === 'alert')) &&
        (!names || names.has(rule.name))
      const narrowed = type !== undefined || names !== undefined
      const alerts = textOf(request.query['exclude_alerts'])?.toLowerCase() !== 'true'
      const shown = known
        .filter(({ name, file }) => (!groupNames || groupNames.has(name)) && (!files || files.has(file)))
        .map((group) => ({
          ...group,
          rules: group.rules
            .filter(wanted)
            .map((rule) => (alerts || rule.type === 'recording' ? rule : { ...rule, alerts: [] })),
        }))
        .filter(({ rules }) => !narrowed || rules.length > 0)
      response.json({ status: 'success', data: { groups: shown } })
    }),
  )

  app.get(
    '/api/v1/alerts',
    withGroups((known, _request, response) => {
      const alerts = known.flatMap(({ rules }) =>
        rules.flatMap((rule) => (rule.type === 'alerting' ? rule.alerts : [])),
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
