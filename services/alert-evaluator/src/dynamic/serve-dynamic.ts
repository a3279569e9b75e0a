import { type DynamicAlertSettings, dynamicAlertSettings } from '@tocsin/contract'
import { parseRuleDuration } from '@tocsin/rules'
import type { Express, Response } from 'express'
import { answerApiError } from '../api/api-error.ts'
import { LONGEST_LATENCY_MS } from './dynamic-env.ts'
import { presentDefaults, presentService } from './present-dynamic.ts'
import type { DynamicAlerts } from './start-dynamic.ts'

const MOST_NAME = 256

/** What is known of services' operations, and their settings, under `/api/v1/rules/dynamic`. */
export function serveDynamic(app: Express, dynamic: DynamicAlerts | undefined): void {
  const path = '/api/v1/rules/dynamic'
  app.get(path, (_request, response) => {
    if (!dynamic) response.json({ status: 'success', data: { enabled: false, services: [] } })
    else {
      const services = dynamic.records.services().map((service) => presentService(service, dynamic))
      response.json({
        status: 'success',
        data: { enabled: true, defaults: presentDefaults(dynamic.env), services },
      })
    }
  })
  if (!dynamic) {
    app.use(path, (_request, response) =>
      answerApiError(response, 'unavailable', 'DYNAMIC_ALERTS_ENABLED is false: there are no dynamic alerts'),
    )
    return
  }
  const { records } = dynamic
  const answerService = (response: Response, service: string) =>
    response.json({ status: 'success', data: presentService(service, dynamic) })

  app.get(`${path}/:service`, (request, response) => {
    const { service } = request.params
    if (records.knows(service)) answerService(response, service)
    else answerApiError(response, 'not_found', `nothing is known of a service ${JSON.stringify(service)}`)
  })
  app.put(`${path}/:service`, async (request, response) => {
    const { service } = request.params
    const { data, error } = dynamicAlertSettings.safeParse(request.body)
    const faults = error?.issues.map((issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`)
    const reasons = faults ?? faultsOf(service, data ?? {})
    if (reasons.length > 0) return answerApiError(response, 'bad_data', reasons.join('; '))
    await records.putSettings(service, data ?? {})
    answerService(response, service)
  })
  app.delete(`${path}/:service`, async (request, response) => {
    const { service } = request.params
    if (await records.deleteSettings(service)) answerService(response, service)
    else answerApiError(response, 'not_found', `${JSON.stringify(service)} has no settings of its own`)
  })
  app.delete(`${path}/:service/baselines`, async (request, response) => {
    const { service } = request.params
    if (records.record(service).operations.length === 0)
      return answerApiError(response, 'not_found', `${JSON.stringify(service)} has no operations`)
    await records.update(service, (record) => ({
      ...record,
      operations: record.operations.map(({ errors: _, latency: __, measured: ___, ...rest }) => rest),
    }))
    answerService(response, service)
  })
}

/** What no schema says: durations that no span's histogram reaches. */
function faultsOf(service: string, settings: DynamicAlertSettings): readonly string[] {
  const named = Object.entries(settings.operations ?? {}).map(
    ([name, { latency }]) => [`operations.${name}.latency`, latency] as const,
  )
  const tooLong = [['latency', settings.latency] as const, ...named].flatMap(([where, latency]) =>
    latency !== undefined && parseRuleDuration(latency) >= LONGEST_LATENCY_MS
      ? [`${where}: must be below ${LONGEST_LATENCY_MS / 1000}s, the last bucket of spans' durations`]
      : [],
  )
  return service.length > MOST_NAME
    ? [...tooLong, `a service's name has at most ${MOST_NAME} characters`]
    : tooLong
}
