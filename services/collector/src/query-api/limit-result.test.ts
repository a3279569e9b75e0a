import type { QueryResult } from '@tocsin/promql'
import { expect, test } from 'vitest'
import { limitResult, TRUNCATED } from './limit-result.ts'

const samples = ['a', 'b', 'c'].map((job) => ({ labels: { job }, value: 1 }))
const vector: QueryResult = { type: 'vector', timeMs: 0, value: samples, warnings: ['before'], infos: [] }

test('an answer of more series than the limit is cut, and says so', () => {
  const matrix: QueryResult = {
    type: 'matrix',
    value: samples.map(({ labels }) => ({
      labels,
      timestamps: Float64Array.of(0),
      values: Float64Array.of(1),
    })),
    warnings: [],
    infos: [],
  }
  expect(limitResult(vector, 2)).toEqual({
    ...vector,
    value: samples.slice(0, 2),
    warnings: ['before', TRUNCATED],
  })
  expect(limitResult(matrix, 1)).toMatchObject({ value: [{ labels: { job: 'a' } }], warnings: [TRUNCATED] })
})

test('what is within the limit, or no list, stays as it is', () => {
  const scalar: QueryResult = { type: 'scalar', timeMs: 0, value: 7, warnings: [], infos: [] }
  expect(limitResult(vector, 3)).toBe(vector)
  expect(limitResult(vector, Infinity)).toBe(vector)
  expect(limitResult(scalar, 1)).toBe(scalar)
})
