import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

// The boundaries are lint rules; these show that they bite, on a tree of bad examples.
const root = fileURLToPath(new URL('..', import.meta.url))
const tree = mkdtempSync(join(tmpdir(), 'tocsin-lint-'))

const bad = [
  [
    'a service that imports another',
    'services/sla/src/a.ts',
    "import { x } from '@tocsin/notifier'\nx()",
    'talk over NATS',
  ],
  [
    'the SDK on the runtime',
    'packages/sdk/src/a.ts',
    "import { x } from '@tocsin/runtime'\nx()",
    'needs contract only',
  ],
  ['promql on Node', 'packages/promql/src/a.ts', "import { x } from 'node:fs'\nx()", 'runs in the browser'],
  [
    'a subject by hand',
    'services/sla/src/b.ts',
    "export const s = 'monitoring.metrics.shop'",
    'createSubjects',
  ],
  [
    'a templated one',
    'packages/sdk/src/b.ts',
    'export const s = (x: string) => `monitoring.rpc.$' + '{x}`',
    'createSubjects',
  ],
  ['the environment outside env.ts', 'services/sla/src/c.ts', 'export const e = process.env', 'Only env.ts'],
  ['a promise that nobody awaits', 'packages/sdk/src/c.ts', 'async function f() {}\nf()', 'Promise'],
] as const
const good = [
  ['services/sla/src/env.ts', 'export const e = process.env'],
  ['services/sla/src/d.ts', "import { x } from '@tocsin/contract'\nx()"],
] as const

let report = ''

beforeAll(() => {
  cpSync(join(root, 'biome.json'), join(tree, 'biome.json'))
  cpSync(join(root, 'lint'), join(tree, 'lint'), { recursive: true })
  for (const [path, code] of [...bad.map(([, p, c]) => [p, c] as const), ...good]) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), `${code}\n`)
  }
  const biome = join(root, 'node_modules', '.bin', 'biome')
  const args = [
    'lint',
    '--vcs-enabled=false',
    '--colors=off',
    '--max-diagnostics=none',
    'services',
    'packages',
  ]
  const { stdout, stderr } = spawnSync(biome, args, { cwd: tree, encoding: 'utf8' })
  report = stdout + stderr
})

afterAll(() => rmSync(tree, { recursive: true, force: true }))

/** The diagnostics about one file. */
function about(path: string): string {
  return report
    .split(/^(?=\S+\.ts(?::\d+:\d+)? )/m)
    .filter((part) => part.startsWith(path))
    .join('\n')
}

it.each(bad)('refuses %s', (_, path, __, message) => {
  expect(about(path)).toContain(message)
})

it.each(good)('lets %s pass', (path) => {
  expect(about(path)).toBe('')
})
