import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLogFiles } from './log-files.ts'

test('a log file is appended to, and put aside when it is full', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-logs-'))
  try {
    openLogFiles(folder, 20)('sla', 'first line')
    const write = openLogFiles(folder, 20)
    write('sla', 'second')
    write('sla', 'third line')
    expect(readFileSync(join(folder, 'sla.log.1'), 'utf8')).toBe('first line\nsecond\n')
    expect(readFileSync(join(folder, 'sla.log'), 'utf8')).toBe('third line\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
