// Writes grafana/dashboards and grafana/provisioning from grafana/src; with --check, only says whether they are up to date.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { dashboardFiles, provisioningFiles } from '../src/generated-files.ts'
import { defaultOptions } from '../src/options.ts'

const root = join(import.meta.dirname, '..')
const check = process.argv.includes('--check')

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function stale(path: string): void {
  console.error(`grafana/${path} is stale: run \`npm run generate\` and commit it`)
  process.exitCode = 1
}

const files = [
  ...dashboardFiles(defaultOptions).map(({ path, text }) => ({ path: `dashboards/${path}`, text })),
  ...provisioningFiles(defaultOptions).map(({ path, text }) => ({ path: `provisioning/${path}`, text })),
]
for (const { path, text } of files) {
  const file = join(root, path)
  if (check) {
    if (read(file) !== text) stale(path)
    continue
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
// A dashboard that is no longer made is not left behind.
const made = new Set(files.map(({ path }) => path))
mkdirSync(join(root, 'dashboards'), { recursive: true })
for (const name of readdirSync(join(root, 'dashboards'))) {
  const path = `dashboards/${name}`
  if (made.has(path)) continue
  if (check) stale(path)
  else rmSync(join(root, path))
}
if (process.exitCode === undefined)
  console.log(`grafana: ${files.length} files ${check ? 'up to date' : 'written'}`)
