import type { Clock } from '@tocsin/runtime'

/** How a receiver answers just now. */
export interface Pulse {
  answered(tookMs: number): void
  /** How long ago it answered last. Milliseconds. */
  silentMs(): number
  /** Whether none of its latest answers came quickly. That we are busy ourselves delays many of them, not all. */
  isSlow(): boolean
  /** Forgets how quick it was. */
  reset(): void
}

const LATEST = 64
const QUICK_MS = 50

export function createPulse(clock: Clock): Pulse {
  let lastMs = Number.NEGATIVE_INFINITY
  let slowOnes = 0
  return {
    answered(tookMs) {
      lastMs = clock.now()
      slowOnes = tookMs <= QUICK_MS ? 0 : slowOnes + 1
    },
    silentMs: () => clock.now() - lastMs,
    isSlow: () => slowOnes >= LATEST,
    reset() {
      slowOnes = 0
    },
  }
}
