import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, test } from 'vitest'
import { serveRunbooks } from './serve-runbooks.ts'

test('the page of an alert is answered as text, and one that is not there is said to be missing', async () => {
  const app = express()
  serveRunbooks(app)
  const server = app.listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const get = (path: string) =>
      fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/runbooks/${path}`)
    const page = await get('api/HighErrorRate')
    expect(page.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await page.text()).toMatch(/^# HighErrorRate\n/)
    for (const path of ['api/Nothing', 'api/..%2f..%2fmetrics', '..%2fapi/HighErrorRate'])
      expect((await get(path)).status, path).toBe(404)
  } finally {
    server.close()
  }
})
