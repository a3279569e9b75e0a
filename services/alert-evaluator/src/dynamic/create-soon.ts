import { type Clock, type Log, messageOf } from '@tocsin/runtime'

/** Something that is done a moment after it was asked for, once however often that was, and never twice at a time. */
export interface Soon {
  soon(): void
  stop(): void
}

const SOON_MS = 10
const RETRY_MS = 1000
/** What takes long is done at most this part of the time. */
const PART_OF_TIME = 1 / 5

export function createSoon(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  what: string,
  act: () => Promise<void>,
): Soon {
  let cancel: (() => void) | undefined
  let isActing = false
  let isWanted = false
  let isStopped = false

  function later(ms: number): void {
    if (!isStopped) cancel ??= clock.setTimeout(() => void run(), ms)
  }
  async function run(): Promise<void> {
    cancel = undefined
    isActing = true
    isWanted = false
    const begun = clock.now()
    let waitMs = SOON_MS
    try {
      await act()
      waitMs = Math.max(SOON_MS, (clock.now() - begun) / PART_OF_TIME)
    } catch (error) {
      isWanted = true
      waitMs = RETRY_MS
      log.warn({ reason: messageOf(error) }, `${what}: will be tried again`)
    }
    isActing = false
    if (isWanted) later(waitMs)
  }

  return {
    soon() {
      isWanted = true
      if (!isActing) later(SOON_MS)
    },
    stop() {
      isStopped = true
      cancel?.()
    },
  }
}
