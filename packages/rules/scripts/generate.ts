// Writes the shipped packs as the Prometheus operator's objects; with --check, only says whether they are up to date.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { prometheusRuleFiles } from './prometheus-rules.ts'

const FOLDER = 'deploy/kubernetes/prometheus-rules'
const root = join(import.meta.dirname, '../../..')
const check = process.argv.includes('--check')
const packs = join(import.meta.dirname, '../packs')

const files = prometheusRuleFiles(
  readdirSync(packs)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ name: basename(name, '.yaml'), text: readFileSync(join(packs, name), 'utf8') })),
)
mkdirSync(join(root, FOLDER), { recursive: true })
const there = readdirSync(join(root, FOLDER))
const stale = [
  ...files.filter(
    ({ path, text }) => !there.includes(path) || readFileSync(join(root, FOLDER, path), 'utf8') !== text,
  ),
  // A pack that is no more is not left behind.
  ...there.filter((path) => !files.some((file) => file.path === path)).map((path) => ({ path, text: null })),
]
for (const { path, text } of stale) {
  if (check) {
    console.error(`${FOLDER}/${path} is stale: run \`npm run generate\` and commit it`)
    process.exitCode = 1
  } else if (text === null) rmSync(join(root, FOLDER, path))
  else writeFileSync(join(root, FOLDER, path), text)
}
if (process.exitCode === undefined)
  console.log(`${FOLDER}: ${files.length} files ${check ? 'up to date' : 'written'}`)
