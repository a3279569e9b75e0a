import { messageOf } from '@tocsin/runtime'
import type { Request } from 'express'
import { createMatcher, type Matcher } from '../matchers/matcher.ts'
import { parseMatcher } from '../matchers/parse-matchers.ts'
import { V2Error } from './v2-error.ts'

/** Every value that a parameter of the query has. */
export function valuesOf({ query }: Request, name: string): readonly string[] {
  const given = query[name]
  return (Array.isArray(given) ? given : [given]).filter((value) => typeof value === 'string')
}

/** Whether something is to be shown; it is unless the query says no. What is neither counts as no, as in Alertmanager. */
export function isShown(request: Request, name: string): boolean {
  const [given] = valuesOf(request, name)
  return given === undefined || /^(?:true|1|yes|ok|y|on|selected|checked|t|enabled)$/i.test(given)
}

/** The matchers of `filter`. @throws {V2Error} 400 */
export function filterOf(request: Request): readonly Matcher[] {
  try {
    return valuesOf(request, 'filter').map(parseMatcher)
  } catch (error) {
    throw new V2Error(400, messageOf(error), { cause: error })
  }
}

/** Whether a receiver is asked for, by the expression of `receiver`. @throws {V2Error} 400 */
export function receiverFilterOf(request: Request): (receiver: string) => boolean {
  const [value] = valuesOf(request, 'receiver')
  if (value === undefined) return () => true
  try {
    const matcher = createMatcher({ name: 'receiver', value, isRegex: true, isEqual: true })
    return (receiver) => matcher.matches({ receiver })
  } catch (error) {
    throw new V2Error(400, `failed to parse receiver param: ${messageOf(error)}`, { cause: error })
  }
}
