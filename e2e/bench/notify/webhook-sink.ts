// Takes Alertmanager's webhooks in a process of its own: when each alert came. Told 'take' it tells all since it was last asked.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

let came: [id: string, timeMs: number][] = []

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    response.end()
    const timeMs = Date.now()
    const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as {
      alerts: readonly { labels: { id: string } }[]
    }
    for (const { labels } of alerts) came.push([labels.id, timeMs])
  })
})
server.keepAliveTimeout = 60_000

process.on('message', () => {
  process.send?.(came)
  came = []
})

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
