import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLogFiles } from './log-files.ts'

let folder: string
let said: string[]
let now: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-logs-'))
  said = []
  now = 0
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = (maxBytes?: number) =>
  openLogFiles(folder, { say: (line) => said.push(line), now: () => now, maxBytes })
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

test('a log file is appended to, and put aside when it is full', () => {
  open(20)('sla', 'first line')
  const write = open(20)
  write('sla', 'second')
  write('sla', 'third line')
  expect(read('sla.log.1')).toBe('first line\nsecond\n')
  expect(read('sla.log')).toBe('third line\n')
  expect(said).toEqual([])
})

test('what cannot be written is dropped and counted, said once and once more when it works again', () => {
  mkdirSync(join(folder, 'sla.log'))
  const write = open()
  write('sla', 'one')
  write('sla', 'two')
  write('health', 'well')
  expect(said).toEqual([
    expect.stringMatching(/^what is logged under .* cannot be written \(EISDIR.*\): everything runs on/),
  ])
  now = 6000
  write('sla', 'three')
  rmSync(join(folder, 'sla.log'), { recursive: true })
  write('sla', 'four')
  expect(said).toHaveLength(1)
  now = 12_000
  write('sla', 'five')
  write('sla', 'six')
  expect(said.slice(1)).toEqual([`what is logged under ${folder} can be written again: 4 lines were dropped`])
  expect(read('sla.log')).toBe('five\nsix\n')
  expect(read('health.log')).toBe('well\n')
})

test('a file that cannot be put aside is left alone, and written again once it can', () => {
  mkdirSync(join(folder, 'sla.log.1', 'in the way'), { recursive: true })
  const write = open(8)
  write('sla', 'first')
  write('sla', 'second')
  expect(said).toHaveLength(1)
  expect(read('sla.log')).toBe('first\n')
  rmSync(join(folder, 'sla.log.1'), { recursive: true })
  now = 6000
  write('sla', 'third')
  expect(read('sla.log.1')).toBe('first\n')
  expect(read('sla.log')).toBe('third\n')
  expect(said.at(-1)).toContain('1 line was dropped')
})

test.runIf(existsSync('/dev/full'))('a full disk ends nothing', () => {
  symlinkSync('/dev/full', join(folder, 'sla.log'))
  open()('sla', 'one')
  expect(said).toEqual([expect.stringContaining('ENOSPC: no space left on device')])
})
