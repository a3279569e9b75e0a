// Runs Tocsin under load for some minutes, and draws every dashboard from what Prometheus scraped of it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findBrowser } from '../preview/find-browser.ts'
import { gather, type Shot } from '../preview/gather.ts'
import { takePictures } from '../preview/take-pictures.ts'

const USAGE = `npm run dashboards:preview -- [--minutes <n>] [--into <folder>] [--save <file>] [--from <file>]

  --minutes  how long Tocsin runs under load, default 12: a forecast needs ten
  --into     where pictures are put, default docs/images
  --save     keeps what was asked and answered in this file
  --from     draws such a file, and runs nothing`

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '12' },
    into: { type: 'string', default: join(import.meta.dirname, '../../docs/images') },
    save: { type: 'string' },
    from: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

async function preview(): Promise<void> {
  if (values.help) return console.log(USAGE)
  const minutes = Number(values.minutes)
  if (!(minutes >= 1 && minutes <= 600))
    throw new RangeError(`--minutes is a number from 1 to 600, not '${values.minutes}'`)
  const browser = findBrowser()
  const shot: Shot = values.from
    ? JSON.parse(readFileSync(values.from, 'utf8'))
    : await gather(minutes, console.log)
  if (values.save) {
    mkdirSync(dirname(resolve(values.save)), { recursive: true })
    writeFileSync(values.save, JSON.stringify(shot))
  }
  mkdirSync(values.into, { recursive: true })
  for (const file of await takePictures(shot, values.into, browser)) console.log(file)
}

try {
  await preview()
} catch (error) {
  console.error(`preview: ${(error as Error).message}`)
  process.exitCode = 1
}
