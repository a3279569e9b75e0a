import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitFor } from '@tocsin/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { recordRun } from './record-run.ts'
import { type RunState, readRun, runFile } from './run-file.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tocsin-record-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const first: RunState = {
  pid: process.pid,
  birth: 'now',
  startedAt: '2026-01-01T00:00:00.000Z',
  detached: false,
  phase: 'starting',
  hints: [],
  parts: [],
}

test('a state that cannot be written is said once, and written as soon as it can be', async () => {
  const said: string[] = []
  const record = recordRun(home, first, (line) => said.push(line))
  expect(record.update({ phase: 'ready' })).toBeUndefined()
  const inTheWay = `${runFile(home)}.${process.pid}`
  mkdirSync(join(inTheWay, 'something'), { recursive: true })
  expect(record.update({ hints: ['one'] })?.message).toContain(`the folder ${home} cannot be used (EISDIR`)
  record.update({ hints: ['two'] })
  expect(said).toEqual([expect.stringContaining('`npm run status` shows what was before')])
  expect(readRun(home)).toEqual({ ...first, phase: 'ready' })

  rmSync(inTheWay, { recursive: true })
  await waitFor(() => readRun(home)?.hints[0] === 'two', { what: 'the state to be written' })
  expect(said).toHaveLength(2)
  expect(readdirSync(home)).toEqual(['run.json'])
  record.close()
})

test('after its end nothing is tried again', () => {
  const said: string[] = []
  const record = recordRun(join(home, 'gone'), first, (line) => said.push(line))
  record.close()
  expect(record.update({ phase: 'failed' })?.message).toContain('ENOENT')
  expect(said).toEqual([])
})
