import pc from 'picocolors'
import type { TrafficCounts } from './drive-traffic.ts'
import type { ActiveAlert, AlertChange } from './watch-alerts.ts'

export interface Screen {
  /** A line that stays. */
  say(line: string): void
  change(change: AlertChange): void
  /** The line that shows how things are; replaced on a terminal, now and then elsewhere. */
  progress(counts: TrafficCounts, alerts: readonly ActiveAlert[]): void
  end(): void
}

interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const EVERY_NTH_WITHOUT_TERMINAL = 4

const colours = {
  pending: pc.yellow,
  firing: pc.red,
  resolved: pc.green,
  gone: pc.dim,
} as const

/** Writes the demo's progress. */
export function createScreen(
  output: Output = process.stdout,
  clockTime = () => new Date().toLocaleTimeString('en-GB'),
): Screen {
  const live = output.isTTY === true
  let shown = ''
  let looks = 0

  function say(line: string): void {
    if (live) output.write(`\r\x1b[K${line}\n${shown}`)
    else output.write(`${line}\n`)
  }

  return {
    say,
    change({ alert, state }) {
      const what = state === 'gone' ? 'went away before it fired' : state
      say(`${pc.dim(clockTime())} ${colours[state](pc.bold(alert.name))} ${colours[state](what)}`)
    },
    progress({ requests, errors, p95Ms }, alerts) {
      const share = requests === 0 ? 0 : (100 * errors) / requests
      const failing = `errors ${errors} (${share.toFixed(1)} %)`
      const names = alerts.map((alert) => colours[alert.state](`${alert.name} ${alert.state}`))
      shown = `requests ${requests}  ${errors > 0 ? pc.red(failing) : failing}  p95 ${p95Ms.toFixed(0)} ms  alerts: ${names.join(', ') || 'none'}`
      if (live) output.write(`\r\x1b[K${shown}`)
      else if (looks++ % EVERY_NTH_WITHOUT_TERMINAL === 0) output.write(`${shown}\n`)
    },
    end() {
      if (live) output.write('\n')
    },
  }
}
