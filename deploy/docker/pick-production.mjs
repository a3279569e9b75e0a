// Copies what services need to run, and nothing else: `node pick-production.mjs <repository> <to>` writes <to>/manifests
// (what `npm ci` reads) and <to>/sources. Starts from the services and the demo, and follows their dependencies.
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [from = '.', to = 'production'] = process.argv.slice(2)
const ROOTS = ['services/*', 'examples/shop']
const FOLDERS = ['src', 'packs']

const read = (path) => JSON.parse(readFileSync(join(from, path), 'utf8'))
const write = (path, text) => {
  mkdirSync(dirname(join(to, path)), { recursive: true })
  writeFileSync(join(to, path), text)
}
const manifestsIn = (patterns) =>
  patterns.flatMap((pattern) => globSync(join(pattern, 'package.json'), { cwd: from }).sort())

const root = read('package.json')
const all = new Map(manifestsIn(root.workspaces).map((path) => [read(path).name, path]))

const needed = new Set(manifestsIn(ROOTS))
// A set hands out what is added to it on the way.
for (const path of needed)
  for (const name of Object.keys(read(path).dependencies ?? {})) if (all.has(name)) needed.add(all.get(name))

for (const path of ['package.json', ...needed]) {
  const { devDependencies, scripts, ...manifest } = read(path)
  write(join('manifests', path), `${JSON.stringify(manifest, null, 2)}\n`)
}
for (const path of ['package-lock.json', '.npmrc'])
  write(join('manifests', path), readFileSync(join(from, path)))

for (const path of needed) {
  write(join('sources', path), readFileSync(join(from, path)))
  for (const folder of FOLDERS.map((name) => join(dirname(path), name)))
    for (const file of globSync(join(folder, '**/*.*'), { cwd: from }))
      if (!/\.test\.ts$/.test(file)) cpSync(join(from, file), join(to, 'sources', file), { recursive: true })
}
