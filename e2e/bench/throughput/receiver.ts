import { execFileSync } from 'node:child_process'
import { Agent, request } from 'node:http'
import type { Body, WriteBodies } from './bodies.ts'

/** Something that takes samples, as one process on a core of its own. */
export interface Receiver {
  readonly name: string
  readonly version: string
  readonly pid: number
  /** Where it answers HTTP. */
  readonly url: string
  readonly bodies: WriteBodies
  /**
   * Resolves once all of it, which ends with a cycle, is there to be queried or scraped, with the milliseconds that
   * this took.
   */
  send(bodies: readonly Body[], cycle: number, timeMs: number): Promise<number>
  stop(): Promise<void>
}

/** The core of the receivers, and that of whoever sends and of NATS. */
export const RECEIVING = 1
const SENDING = 0

/** Keeps all threads of a process on one core. */
export function pin(pid: number, core: number): void {
  execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' })
}

export const pinSender = (pid: number): void => pin(pid, SENDING)

const agent = new Agent({ keepAlive: true, maxSockets: 4 })

/** How long something takes, in milliseconds. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await run()
  return performance.now() - begun
}

/** Posts bodies, a few at a time; a receiver that says no ends the benchmark. */
export async function postAll(
  bodies: readonly Body[],
  to: (body: Body, i: number) => string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  let next = 0
  const work = async () => {
    for (let i = next++; i < bodies.length; i = next++) {
      const body = bodies[i]
      if (body) await post(to(body, i), body.bytes, headers)
    }
  }
  await Promise.all([work(), work(), work(), work()])
}

function post(url: string, bytes: Uint8Array, headers: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent, method: 'POST', headers: { ...headers, 'content-length': bytes.length } },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          text += chunk
        })
        answer.on('end', () => {
          const { statusCode = 0 } = answer
          if (statusCode < 300) resolve()
          else reject(new Error(`${url}: ${statusCode} ${text.trim()}`))
        })
        answer.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(bytes)
  })
}
