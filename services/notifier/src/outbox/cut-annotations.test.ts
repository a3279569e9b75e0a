import { expect, it } from 'vitest'
import { cutAnnotations } from './cut-annotations.ts'

it('leaves ordinary annotations as they are', () => {
  const annotations = { summary: 'It broke', description: 'x'.repeat(20_000) }
  expect(cutAnnotations(annotations)).toEqual(annotations)
})

it('cuts only those that are too long, and says so', () => {
  const { summary, description } = cutAnnotations({ summary: 'It broke', description: 'x'.repeat(500_000) })
  expect(summary).toBe('It broke')
  expect(description).toMatch(/^x{32768}… \(cut, 500000 characters in all\)$/)
})
