import { createServer, get, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Serves on loopback, on any free port. */
export async function serveApp(app: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The status of an answer, its body read; `connection: close`, so that nothing is left open. */
export async function statusOf(url: string, method = 'GET'): Promise<number> {
  const response = await fetch(url, { method, headers: { connection: 'close' } })
  await response.arrayBuffer()
  return response.status
}

/** Sends a request and goes away once the server has it. */
export function abandon(url: string, arrived: Promise<void>): Promise<void> {
  const request = get(url)
  return new Promise((resolve) => {
    request.on('error', () => resolve())
    void arrived.then(() => request.destroy())
  })
}
