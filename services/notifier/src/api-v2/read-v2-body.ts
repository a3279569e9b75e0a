import type { Request } from 'express'
import type { z } from 'zod'
import { V2Error } from './v2-error.ts'

/**
 * The body of a request as the schema has it. `what`: its name in Alertmanager's description of the API.
 * @throws {V2Error} 400 for what is not of the right type, 415, 422 for what does not keep to the description
 */
export function readV2Body<Schema extends z.ZodType>(
  schema: Schema,
  what: string,
  request: Request,
): z.infer<Schema> {
  const bytes: Uint8Array = Buffer.isBuffer(request.body) ? request.body : new Uint8Array()
  if (bytes.byteLength === 0) throw new V2Error(422, { code: 602, message: `${what} in body is required` })
  if (!request.is('application/json')) {
    const given = JSON.stringify(request.get('content-type') ?? '')
    throw new V2Error(415, {
      code: 415,
      message: `unsupported media type ${given}, only [application/json] are allowed`,
    })
  }
  const failed = (detail: string) =>
    new V2Error(400, { code: 400, message: `parsing ${what} body from "" failed, because ${detail}` })
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error))
  }
  const parsed = schema.safeParse(json, { reportInput: true })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw (issue && brokenRule(issue)) ?? failed(issue ? describe(issue) : 'it is not as the API has it')
}

/** A rule of the API's description that a value of the right type breaks; go-openapi gives each a number. */
function brokenRule(issue: z.core.$ZodIssue): V2Error | undefined {
  const where = `${issue.path.join('.')} in body`
  if (issue.code === 'invalid_type' && issue.input === undefined && issue.path.length > 0)
    return new V2Error(422, { code: 602, message: `${where} is required` })
  if (issue.code === 'too_small')
    return new V2Error(422, { code: 612, message: `${where} should have at least ${issue.minimum} items` })
  if (issue.code === 'invalid_format' && issue.format === 'url')
    return new V2Error(422, {
      code: 601,
      message: `${where} must be of type uri: ${JSON.stringify(issue.input)}`,
    })
  return undefined
}

function describe({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}
