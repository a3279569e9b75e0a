import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '@tocsin/testkit'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const demo = fileURLToPath(new URL('../src/demo.ts', import.meta.url))

describe('the demo', () => {
  it('says what to do when Tocsin does not run', async () => {
    const env = { ...process.env, ALERT_EVALUATOR_PORT: String(await freePort()) }
    await expect(run(process.execPath, [demo], { env })).rejects.toMatchObject({
      code: 1,
      stderr: 'demo: Tocsin is not running: start it in another terminal with `npm start`, then try again\n',
    })
  })
})
