// Loaded before a program (`--import`): tells at LOOP_WATCH_PORT how long its event loop stood still at most since it was
// last asked, in milliseconds. A collection of garbage is part of that.
import { createServer } from 'node:http'

const EVERY_MS = 1
let last = performance.now()
let worstMs = 0

setInterval(() => {
  const now = performance.now()
  worstMs = Math.max(worstMs, now - last - EVERY_MS)
  last = now
}, EVERY_MS).unref()

createServer((_request, response) => {
  response.end(String(worstMs))
  worstMs = 0
})
  .listen(Number(process.env['LOOP_WATCH_PORT']), '127.0.0.1')
  .unref()
