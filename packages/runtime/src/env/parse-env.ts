import type { z } from 'zod'
import { CodedError } from '../coded-error.ts'
import { redactVariable } from './redact.ts'

/** One variable that is not as it must be. `given` is undefined when it is missing, and hides secrets. */
export interface EnvFault {
  readonly name: string
  readonly expected: string
  readonly given: string | undefined
}

/** Every fault of an environment at once. */
export class EnvError extends CodedError<'invalid_env'> {
  readonly faults: readonly EnvFault[]

  constructor(faults: readonly EnvFault[]) {
    const lines = faults.map(
      ({ name, expected, given }) =>
        `  ${name}: expected ${expected}, ${given ? `got ${given}` : 'it is not set'}`,
    )
    const count = faults.length === 1 ? '1 variable is' : `${faults.length} variables are`
    super('invalid_env', `${count} not as expected:\n${lines.join('\n')}`)
    this.faults = faults
  }
}

/**
 * Reads the variables of `schema` from `source`; a blank value counts as unset.
 * @throws {EnvError} with all faults at once.
 */
export function parseEnv<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  source: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodObject<Shape>> {
  const given: Record<string, string> = {}
  for (const name of Object.keys(schema.shape)) {
    const value = source[name]
    if (value !== undefined && value.trim() !== '') given[name] = value.trim()
  }
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue): EnvFault => {
    const name = String(issue.path[0] ?? 'environment')
    const value = given[name]
    return {
      name,
      expected: expectation(issue),
      given: value === undefined ? undefined : redactVariable(name, value),
    }
  })
  throw new EnvError(faults)
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'invalid_type') return issue.expected === 'string' ? 'a value' : `a ${issue.expected}`
  return issue.message
}
