import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsdown'

// Writes the folder that is published: `npm publish packages/sdk/dist`. Within this repository nobody needs it, since
// `exports` of the package itself are its sources, which Node runs as they are.

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

const PUBLISHED = [
  'name',
  'version',
  'description',
  'license',
  'type',
  'engines',
  'peerDependencies',
  'peerDependenciesMeta',
]
const OURS = '@tocsin/'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = resolve(process.argv[2] ?? join(root, 'dist'))
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest

await rm(folder, { recursive: true, force: true })
await build({
  cwd: root,
  config: false,
  entry: Object.values(manifest.exports),
  outDir: folder,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  fixedExtension: false,
  sourcemap: true,
  dts: true,
  tsconfig: 'tsconfig.build.json',
  // What is ours and not published by itself goes in.
  deps: { alwaysBundle: Object.keys(manifest.dependencies).filter((name) => name.startsWith(OURS)) },
  report: false,
  logLevel: 'error',
})
await writeFile(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`)
await writeFile(join(folder, 'README.md'), publishedPage(await readFile(join(root, 'README.md'), 'utf8')))
await copyFile(join(root, '../../docs/guides/sdk.md'), join(folder, 'GUIDE.md'))
await copyFile(join(root, '../../LICENSE'), join(folder, 'LICENSE'))

function publishedManifest(): object {
  const entries = Object.entries(manifest.exports).map(([path, source]) => {
    const name = source.replace(/^\.\/src\/(.*)\.ts$/, '$1')
    return [path, { types: `./${name}.d.ts`, default: `./${name}.js` }]
  })
  // Here versions are exact; an application that has a later one of them should not need both.
  const dependencies = Object.entries(manifest.dependencies)
    .filter(([name]) => !name.startsWith(OURS))
    .map(([name, version]) => [name, `^${version}`])
  return {
    ...Object.fromEntries(PUBLISHED.map((field) => [field, manifest[field]])),
    sideEffects: false,
    exports: { ...Object.fromEntries(entries), './package.json': './package.json' },
    dependencies: Object.fromEntries(dependencies),
    publishConfig: { access: 'public' },
  }
}

/** A page without links that lead out of the package. */
function publishedPage(text: string): string {
  return text
    .replaceAll('../../docs/guides/sdk.md', './GUIDE.md')
    .replace(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, '$1')
}
