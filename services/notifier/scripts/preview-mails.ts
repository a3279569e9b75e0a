import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { emailHtml } from '../src/render/email-html.ts'
import { mails } from '../test/samples/mails.ts'

/** Pictures of what the notifier mails, as a desktop and a phone show it, light and dark: `docs/images/mail-*.png`. */
const FOLDER = join(import.meta.dirname, '../../../docs/images')
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const views = [
  { name: 'desktop', width: 720, scale: 1, colorScheme: 'light' },
  { name: 'phone', width: 375, scale: 2, colorScheme: 'light' },
  { name: 'dark', width: 375, scale: 2, colorScheme: 'dark' },
] as const

function findBrowser(): string {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'chrome'])
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    } catch {
      // The next name, then.
    }
  throw new Error('no Chromium on PATH: install one, such as with apt-get install chromium')
}

async function picture(browser: Browser, mail: string, html: string): Promise<void> {
  for (const { name, width, scale, colorScheme } of views) {
    // One dark picture shows it all.
    if (name === 'dark' && mail !== 'critical') continue
    const context = await browser.newContext({
      viewport: { width, height: 200 },
      deviceScaleFactor: scale,
      colorScheme,
    })
    const page = await context.newPage()
    await page.setContent(html)
    await page.screenshot({ path: join(FOLDER, `mail-${mail}-${name}.png`), fullPage: true })
    await context.close()
  }
}

mkdirSync(FOLDER, { recursive: true })
const browser = await chromium.launch({ executablePath: findBrowser(), args: QUIET })
try {
  for (const [name, event] of Object.entries(mails)) await picture(browser, name, emailHtml(event))
} finally {
  await browser.close()
}
