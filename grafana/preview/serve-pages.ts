import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const page = (name: string) => join(import.meta.dirname, 'page', name)
const uplot = (file: string) => readFileSync(fileURLToPath(file), 'utf8')
const SCRIPT = 'text/javascript'

/** What pages load beside themselves. */
const files: Readonly<Record<string, readonly [type: string, read: () => string]>> = {
  '/draw.js': [SCRIPT, () => readFileSync(page('draw.js'), 'utf8')],
  // The page and we write values alike: it gets the same file, without its types.
  '/format-value.js': [SCRIPT, () => stripTypeScriptTypes(readFileSync(page('format-value.ts'), 'utf8'))],
  '/page.css': ['text/css', () => readFileSync(page('page.css'), 'utf8')],
  '/uplot.js': [SCRIPT, () => uplot(import.meta.resolve('uplot/dist/uPlot.esm.js'))],
  '/uplot.css': ['text/css', () => uplot(import.meta.resolve('uplot/dist/uPlot.min.css'))],
}

export interface Pages {
  urlOf(name: string): string
  stop(): Promise<void>
}

/** Serves pages by their names on loopback, with what they load. */
export async function servePages(pages: Readonly<Record<string, string>>): Promise<Pages> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const html = pages[path.slice(1)]
    const [type, read] = files[path] ?? ['text/html', () => html]
    const body = read()
    if (body === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    urlOf: (name) => `http://127.0.0.1:${port}/${name}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
