import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** Chromium or Chrome, as it is found on PATH. @throws Error that says how to have one */
export function findBrowser(path = process.env['PATH'] ?? ''): string {
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) =>
    existsSync(file),
  )
  if (found) return found
  if (existsSync(MAC)) return MAC
  throw new Error('no Chromium is on PATH: install it (apt install chromium, brew install --cask chromium)')
}
