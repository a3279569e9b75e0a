import { customRule } from '@tocsin/contract'
import { RuleError } from '@tocsin/rules'
import type { Express, RequestHandler, Response } from 'express'
import { type CustomRules, faultOf } from '../rules/custom-rules.ts'
import { answerApiError } from './api-error.ts'

/** Create, read, update and delete custom rules under `/api/v1/rules/custom`. */
export function serveCustomRules(app: Express, custom: CustomRules): void {
  const path = '/api/v1/rules/custom'

  async function put(body: unknown, response: Response, created: number): Promise<void> {
    const { data, error } = customRule.safeParse(body)
    if (!data) {
      const faults = error.issues.map((issue) => `${issue.path.join('.') || 'rule'}: ${issue.message}`)
      return answerApiError(response, 'bad_data', faults.join('; '))
    }
    try {
      const result = await custom.put(data)
      response.status(result.replaced ? 200 : created).json({ status: 'success', data: result })
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      answerApiError(response, 'bad_data', faultOf(error))
    }
  }

  app.get(path, (_request, response) => {
    response.json({ status: 'success', data: { rules: custom.list() } })
  })
  app.post(path, requireJson, (request, response) => put(request.body, response, 201))
  app.get(`${path}/:name`, (request, response) => {
    const rule = custom.get(request.params.name)
    if (rule) response.json({ status: 'success', data: rule })
    else answerNotThere(response, request.params.name)
  })
  app.put(`${path}/:name`, requireJson, (request, response) => {
    const { name } = request.params
    const body: unknown = request.body
    if (typeof body === 'object' && body !== null && 'name' in body && body.name !== name)
      return answerApiError(response, 'bad_data', `name: the rule at this address is ${JSON.stringify(name)}`)
    return put({ ...(body as object), name }, response, 201)
  })
  app.delete(`${path}/:name`, async (request, response) => {
    const result = await custom.delete(request.params.name)
    if (result.deleted) response.json({ status: 'success', data: result })
    else answerNotThere(response, request.params.name)
  })
}

/** A body that is not said to be JSON has not been read: its fields would all be called missing. */
const requireJson: RequestHandler = (request, response, next) => {
  if (request.body !== undefined) return next()
  const isOther = request.is('application/json') === false
  const found = isOther ? `the body is ${request.get('content-type') ?? 'of no type'}` : 'there is no body'
  answerApiError(response, 'bad_data', `${found}: send the rule as JSON, with Content-Type: application/json`)
}

function answerNotThere(response: Response, name: string): void {
  answerApiError(response, 'not_found', `there is no custom rule ${JSON.stringify(name)}`)
}
