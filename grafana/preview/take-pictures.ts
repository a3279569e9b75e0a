import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Shot } from './gather.ts'
import { reduceColours } from './reduce-colours.ts'
import { servePages } from './serve-pages.ts'
import { pageHtml } from './view/page.ts'

/** How wide a picture is, in pixels. */
const WIDTH = 1280
const PADDING = 24

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
]

/** Draws every dashboard in Chromium, into `<folder>/dashboard-<name>.png`. */
export async function takePictures(shot: Shot, folder: string, browser: string): Promise<string[]> {
  const html = shot.dashboards.map((one) => [one.name, pageHtml(one, shot, WIDTH)] as const)
  const pages = await servePages(Object.fromEntries(html))
  const profile = mkdtempSync(join(tmpdir(), 'tocsin-preview-'))
  const options = { executablePath: browser, args: FLAGS, viewport: { width: WIDTH + PADDING, height: 800 } }
  const context = await chromium.launchPersistentContext(profile, options)
  try {
    const files: string[] = []
    for (const { name } of shot.dashboards) {
      const page = await context.newPage()
      page.on('pageerror', (error) => console.error(`${name}: ${error.message}`))
      await page.goto(pages.urlOf(name))
      await page.waitForSelector('body[data-drawn]', { state: 'attached' })
      const path = join(folder, `dashboard-${name}.png`)
      writeFileSync(path, reduceColours(await page.screenshot({ fullPage: true })))
      await page.close()
      files.push(path)
    }
    return files
  } finally {
    await context.close()
    await pages.stop()
    rmSync(profile, { recursive: true, force: true })
  }
}
