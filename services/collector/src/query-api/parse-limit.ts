import { badData, badParameter } from './api-error.ts'

/** How many results a look-up may give; Infinity when nothing is said, or 0. @throws {ApiError} */
export function limitParameter(form: URLSearchParams): number {
  const text = form.get('limit') ?? ''
  if (text === '') return Infinity
  if (!isWhole(text)) throw badParameter('limit', `cannot parse ${JSON.stringify(text)} to a whole number`)
  if (Number(text) < 0) throw badParameter('limit', 'limit must be non-negative')
  return Number(text) || Infinity
}

/** A limit of `/metadata`, where less than 0 means none and 0 means nothing. @throws {ApiError} */
export function metadataLimit(form: URLSearchParams, name: string): number {
  const text = form.get(name) ?? ''
  if (text === '') return -1
  if (!isWhole(text)) throw badData(`${name} must be a number`)
  return Number(text)
}

function isWhole(text: string): boolean {
  return /^[+-]?\d{1,15}$/.test(text)
}
