import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findProgram, findServer, programFolders } from './find-program.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-find-'))
  for (const name of ['alertmanager', 'prometheus-alertmanager']) {
    writeFileSync(join(folder, name), '#!/bin/sh\n')
    chmodSync(join(folder, name), 0o755)
  }
  writeFileSync(join(folder, 'not-executable'), '')
  mkdirSync(join(folder, 'a-folder'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a server is found under each of its names, the preferred one first', () => {
  expect(findServer('alertmanager', [folder])).toBe(join(folder, 'prometheus-alertmanager'))
  expect(findProgram(['alertmanager'], ['/no/such/folder', folder])).toBe(join(folder, 'alertmanager'))
})

test('what is no executable file is not taken for a program', () => {
  expect(findProgram(['not-executable', 'a-folder', 'absent'], [folder])).toBeUndefined()
})

test('the sbin folders are searched even when PATH lacks them', () => {
  expect(programFolders()).toEqual(
    expect.arrayContaining(['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']),
  )
})
