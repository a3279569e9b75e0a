import { customRule } from '@tocsin/contract'
import { RuleError } from '@tocsin/rules'
import { type Express, type Response, text } from 'express'
import type { DryRunReply, DryRunRequest } from '../rules/dry-run.ts'
import { answerApiError } from './api-error.ts'
import type { ApiDeps } from './serve-api.ts'

const YAML = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml', 'text/plain']
const LARGEST_FILE = '1mb'

/**
 * `POST /api/v1/rules/dry-run`: what rules would do now, over the live data. The body is a rule file as YAML, or a
 * custom rule as JSON.
 */
export function serveDryRun(app: Express, { dryRun }: Pick<ApiDeps, 'dryRun'>): void {
  app.post('/api/v1/rules/dry-run', text({ type: YAML, limit: LARGEST_FILE }), (request, response) => {
    const body: unknown = request.body
    if (typeof body === 'string') return answer({ file: body }, dryRun, response)
    const { data, error } = customRule.safeParse(body)
    if (data) return answer(data, dryRun, response)
    const faults = error.issues.map((issue) => `${issue.path.join('.') || 'rule'}: ${issue.message}`)
    answerApiError(
      response,
      'bad_data',
      `${faults.join('; ')} (or send a rule file as content-type application/yaml)`,
    )
  })
}

function answer(
  request: DryRunRequest,
  dryRun: (request: DryRunRequest) => DryRunReply | undefined,
  response: Response,
): void {
  try {
    const data = dryRun(request)
    if (data) response.json({ status: 'success', data })
    else answerApiError(response, 'unavailable', 'this replica is starting: ask again in a moment')
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    const { message, faults } = error
    response.status(400).json({ status: 'error', errorType: 'bad_data', error: message, faults })
  }
}
