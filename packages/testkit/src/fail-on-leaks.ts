import { isRunning, liveProcesses } from '@tocsin/servers'
import { waitFor } from './wait-for.ts'

// What keeps a process from ending and belongs to no test runner.
const WATCHED = [
  'TCPSocketWrap',
  'TCPServerWrap',
  'UDPWrap',
  'ProcessWrap',
  'FSEventWrap',
  'StatWatcher',
  'Timeout',
]

function countResources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const type of process.getActiveResourcesInfo()) {
    if (WATCHED.includes(type)) counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return counts
}

export interface LeakWatch {
  /** Rejects when sockets, servers, timers or processes that were opened since are still there after `withinMs` (default 2000). */
  check(withinMs?: number): Promise<void>
}

/** Remembers what is open now, so that check() can tell what was left open since. */
export function watchLeaks(): LeakWatch {
  const before = countResources()
  const processesBefore = new Set(liveProcesses())
  const leaks = (): string[] => [
    ...[...countResources()].flatMap(([type, count]) => {
      const extra = count - (before.get(type) ?? 0)
      return extra > 0 ? [`${extra} × ${type}`] : []
    }),
    ...liveProcesses()
      .filter((child) => !processesBefore.has(child) && isRunning(child.pid))
      .map(({ pid }) => `process ${pid}`),
  ]
  return {
    async check(withinMs = 2000) {
      await waitFor(() => leaks().length === 0, { timeoutMs: withinMs }).catch(() => {
        const left = leaks()
        if (left.length > 0) throw new Error(`left open by this test: ${left.join(', ')}`)
      })
    },
  }
}

interface Hooks {
  beforeAll(fn: () => void): unknown
  afterAll(fn: () => Promise<void>): unknown
}

/**
 * Makes a test file fail when it leaves handles or processes behind. Call it before the file's own hooks, so
 * that it looks after they have cleaned up.
 *
 * @example failOnLeaks({ beforeAll, afterAll })
 */
export function failOnLeaks({ beforeAll, afterAll }: Hooks): void {
  let watch: LeakWatch | undefined
  beforeAll(() => {
    watch = watchLeaks()
  })
  afterAll(async () => {
    await watch?.check()
  })
}
