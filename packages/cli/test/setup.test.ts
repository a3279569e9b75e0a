import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot, spawnGuarded } from '@tocsin/servers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000 })

let root: string
const inRoot = (...path: string[]) => join(root, ...path)
const write = (path: string, text: string) => writeFileSync(inRoot(path), text, { mode: 0o755 })

// A clone in small: its only dependency is a local package that brings a `node`, as the real one does.
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tocsin-setup-'))
  for (const folder of ['scripts', 'node24']) mkdirSync(inRoot(folder))
  cpSync(join(repositoryRoot(), 'scripts/setup.mjs'), inRoot('scripts/setup.mjs'))
  write('node24/package.json', '{"name":"node24","version":"1.0.0","bin":{"node":"node.sh"}}')
  write('node24/node.sh', '#!/bin/sh\necho v24.0.0\n')
  lockDependencies({ node24: 'file:./node24' })
})
afterEach(() => rmSync(root, { recursive: true }))

function lockDependencies(dependencies: Record<string, string>): void {
  write('package.json', JSON.stringify({ name: 'clone', version: '1.0.0', dependencies }))
  const packages = {
    '': { name: 'clone', version: '1.0.0', dependencies },
    node24: { version: '1.0.0', bin: { node: 'node.sh' } },
    'node_modules/node24': { resolved: 'node24', link: true },
  }
  write(
    'package-lock.json',
    JSON.stringify({ name: 'clone', version: '1.0.0', lockfileVersion: 3, requires: true, packages }),
  )
}

async function setup(env: Record<string, string> = {}) {
  const lines: string[] = []
  const { PATH, HOME } = process.env
  const child = await spawnGuarded({
    command: process.execPath,
    args: [inRoot('scripts/setup.mjs')],
    env: { PATH, HOME, npm_config_fetch_retries: '0', ...env },
    onLine: (line) => lines.push(line),
  })
  const { code } = await child.exited
  return { code, text: lines.join('\n') }
}

test('a fresh clone gets its dependencies, once', async () => {
  const first = await setup()
  expect(first).toMatchObject({
    code: 0,
    text: expect.stringMatching(/^tocsin: installing dependencies[\s\S]*installed in/),
  })
  expect(existsSync(inRoot('node_modules/.bin/node'))).toBe(true)
  expect(await setup()).toEqual({ code: 0, text: '' })
})

test('a changed lock file is a reason to install again; what was installed by hand since is not', async () => {
  await setup()
  write('package-lock.json', `${readFileSync(inRoot('package-lock.json'), 'utf8')}\n`)
  const later = new Date(Date.now() + 5000)
  utimesSync(inRoot('package-lock.json'), later, later)
  expect((await setup()).text).toContain('installing dependencies')

  rmSync(inRoot('node_modules/.tocsin-setup'))
  utimesSync(inRoot('node_modules/.package-lock.json'), later, later)
  expect(await setup()).toEqual({ code: 0, text: '' })
})

test('two at once take turns, and install once', async () => {
  const both = await Promise.all([setup(), setup()])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(both.filter(({ text }) => text.includes('installing dependencies'))).toHaveLength(1)
})

test('the lock of a setup that died is nobody’s', async () => {
  mkdirSync(inRoot('.tocsin'))
  const dead = await spawnGuarded({ command: '/bin/true' })
  await dead.exited
  write('.tocsin/setup.lock', `${dead.pid}\n`)
  expect((await setup()).code).toBe(0)
  expect(existsSync(inRoot('.tocsin/setup.lock'))).toBe(false)
})

test.each([
  ['the network is away', { npm_config_registry: 'http://127.0.0.1:1' }, 'npm cannot reach its registry'],
  ['there is no npm', { PATH: '/nowhere' }, 'npm is not on PATH: install Node 20 or later with npm'],
])('one line says it when %s', async (_, env, message) => {
  lockDependencies({ node24: 'file:./node24', 'left-over': '1.0.0' })
  const { code, text } = await setup(env)
  expect(code).toBe(1)
  expect(text.split('\n').at(-1)).toContain(`tocsin: ${message}`)
})

test('a Node that does not run here is named', async () => {
  write('node24/node.sh', '#!/bin/sh\necho "libc not found" >&2; exit 127\n')
  const { code, text } = await setup()
  expect(code).toBe(1)
  expect(text).toContain('the Node 24 that npm installed does not run here (libc not found): install Node 24')
})
