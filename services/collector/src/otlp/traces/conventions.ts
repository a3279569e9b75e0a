import { conventionKeys } from '@tocsin/contract'
import { type Attributes, attributeText } from '../model/attributes.ts'
import type { Span } from '../model/span.ts'

/** What a span has to say for its metrics and events. */
export const CONVENTIONAL_KEYS: readonly string[] = Object.values(conventionKeys).flat()

/** The first of some attributes that is there, as text; empty when none is. */
export function textOf({ wanted }: { readonly wanted: Attributes }, keys: readonly string[]): string {
  for (const key of keys) {
    const text = attributeText(wanted.get(key))
    if (text !== '') return text
  }
  return ''
}

/** The first of some attributes that is there, as a whole number from 0; undefined when none is, or it is no such number. */
export function countOf(span: Pick<Span, 'wanted'>, keys: readonly string[]): number | undefined {
  const text = textOf(span, keys)
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

export function outcomeOf({ status }: Pick<Span, 'status'>): 'success' | 'error' {
  return status === 'error' ? 'error' : 'success'
}

/** Seconds; 0 for a span that ends before it starts. */
export function secondsOf({ durationMs }: Pick<Span, 'durationMs'>): number {
  return Math.max(0, durationMs) / 1000
}
