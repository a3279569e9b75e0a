import { type Clock, type Log, messageOf } from '@tocsin/runtime'

/** Acts now, and again `everyMs` after each time is done. What fails is logged. The function returned ends it. */
export function runRegularly(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  what: string,
  everyMs: number,
  act: () => unknown,
): () => void {
  let cancel = () => {}
  let stopped = false
  const again = async () => {
    try {
      await act()
    } catch (error) {
      log.warn({ reason: messageOf(error) }, `${what}: will be tried again`)
    }
    if (!stopped) cancel = clock.setTimeout(() => void again(), everyMs)
  }
  void again()
  return () => {
    stopped = true
    cancel()
  }
}
