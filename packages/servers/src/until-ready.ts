import { setTimeout as delay } from 'node:timers/promises'
import { ServerError } from './errors.ts'
import type { Place, ServerDefinition } from './server-definition.ts'
import type { GuardedProcess } from './spawn-guarded.ts'

const PORT_TAKEN = /address already in use|could not create server tcp listening socket/i

/** Resolves when the server answers; throws `port-taken`, `exited-early` or, after `timeoutMs`, `not-ready`. */
export async function untilReady(
  definition: ServerDefinition,
  place: Place,
  child: GuardedProcess,
  log: readonly string[],
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  const tail = () => log.slice(-8).join('\n  ')
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 100)) {
    let failure: unknown
    try {
      await definition.probe(place)
    } catch (error) {
      failure = error
    }
    // Asked after the probe: whoever answered on this port, it was not us if our process is gone.
    if (!child.running) {
      await child.exited
      const taken = log.some((line) => PORT_TAKEN.test(line))
      throw taken
        ? new ServerError('port-taken', `${definition.name}: port ${place.port} is taken by another program`)
        : new ServerError('exited-early', `${definition.name} ended before it was ready:\n  ${tail()}`)
    }
    if (failure === undefined) return
    if (performance.now() > deadline) {
      await child.stop(1000)
      throw new ServerError(
        'not-ready',
        `${definition.name} was not ready after ${timeoutMs} ms:\n  ${tail()}`,
        {
          cause: failure,
        },
      )
    }
    await delay(pause)
  }
}
