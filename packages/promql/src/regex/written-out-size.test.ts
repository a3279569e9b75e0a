import { expect, it } from 'vitest'
import { writtenOutSize } from './written-out-size.ts'

it.each([
  ['', 0],
  ['abc', 3],
  ['a.b|c*', 4],
  ['x{1000}', 1000],
  ['x{2,5}y', 6],
  ['x{3,}', 3],
  ['(a|bc){10}', 30],
  ['((x{10}){10}){10}', 1000],
  ['(?:ab){4}c', 9],
  ['(?P<name>a){4}', 4],
  ['(?i)a{4}', 4],
  ['[^a-z{4}\\]]{5}', 5],
  ['[[:alpha:]]{5}', 5],
  ['\\d{3}\\.\\pL{2}', 6],
  ['\\p{Greek}{2}', 2],
  ['\\{2}', 3],
  ['a{x}', 4],
  ['((a{3}', 3],
])('%s has %d characters when its repetitions are written out', (source, size) => {
  expect(writtenOutSize(source)).toBe(size)
})

it.each([
  ['a|b', 3],
  ['((.?)){1000}', 4000],
  ['(a|^$){10}', 50],
  ['(?:x*){3}', 9],
  ['[[['.repeat(1000), 1],
])('%.20s has %d characters, groups and operators', (source, size) => {
  expect(writtenOutSize(source, 1)).toBe(size)
})
