import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prepareHome } from './prepare-home.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-home-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('makes the folder of a run, and leaves nothing else there', () => {
  const home = join(folder, 'some', 'home')
  prepareHome(home)
  prepareHome(home)
  expect(readdirSync(home)).toEqual(['logs'])
})

test.each([
  ['a file is in its place', 'home'],
  ['a file is above it', join('home', 'below')],
])('says what to do when %s', (_, path) => {
  writeFileSync(join(folder, 'home'), '')
  const home = join(folder, path)
  expect(() => prepareHome(home)).toThrow(`the folder ${home} cannot be used (E`)
  expect(() => prepareHome(home)).toThrow(
    'a file is in its place: move that away, or set TOCSIN_HOME to another folder',
  )
})

test.runIf(existsSync('/dev/full'))('says what to do when its disk is full', () => {
  symlinkSync('/dev/full', join(folder, `trial.${process.pid}`))
  expect(() => prepareHome(folder)).toThrow(
    `the folder ${folder} cannot be used (ENOSPC: no space left on device, write): free space on its disk, or set TOCSIN_HOME`,
  )
})
