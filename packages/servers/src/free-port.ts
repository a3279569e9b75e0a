import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the ephemeral ranges of Linux (32768) and macOS (49152): an outgoing connection
// cannot take the port of a server that is just being restarted.
const LOWEST = 18_000
const HIGHEST = 32_000

/** Whether a TCP port can be bound at this moment. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** A TCP port that was free on loopback a moment ago; who binds it must be ready to lose the race and ask again. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isPortFree(port)) return port
  }
  throw new Error(`no free port found between ${LOWEST} and ${HIGHEST}: close some programs and try again`)
}
