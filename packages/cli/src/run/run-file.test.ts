import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processBirth } from '@tocsin/servers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimRun, lingering, liveRun, type RunState, readRun, releaseRun, runFile } from './run-file.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tocsin-run-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const run = (change: Partial<RunState> = {}): RunState => ({
  pid: process.pid,
  birth: processBirth(process.pid) ?? '',
  startedAt: '2026-01-01T00:00:00.000Z',
  detached: false,
  phase: 'ready',
  hints: [],
  parts: [],
  ...change,
})

test('one run at a time has the folder', () => {
  expect(claimRun(home, run())).toEqual({ taken: true, previous: undefined })
  expect(liveRun(home)).toEqual(run())
  expect(claimRun(home, run())).toEqual({ taken: false })
  releaseRun(home, process.pid)
  expect(claimRun(home, run()).taken).toBe(true)
})

test('a process that has the pid of a run by chance is not taken for it', () => {
  const stale = run({ birth: 'another time' })
  claimRun(home, stale)
  expect(liveRun(home)).toBeUndefined()
  expect(claimRun(home, run())).toEqual({ taken: true, previous: stale })
})

test('a file that makes no sense is no run', () => {
  writeFileSync(runFile(home), '{"pid": ')
  expect(readRun(home)).toBeUndefined()
  expect(claimRun(home, run()).taken).toBe(true)
})

test('the parts of a dead run that linger are known by pid and birth', () => {
  const part = { name: 'nats', kind: 'server' as const, where: '', probe: '', note: '', restarts: 0 }
  const alive = { ...part, pid: process.pid, birth: processBirth(process.pid) }
  const reused = { ...part, pid: process.pid, birth: 'another time' }
  expect(lingering(run({ parts: [alive, reused, part] }))).toEqual([alive])
})
