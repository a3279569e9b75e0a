import type { ChaosReport } from './run-chaos.ts'

const FAULTS = ['lost', 'doubled', 'unexcused', 'disordered', 'lettersWrong', 'notLogged'] as const

/** Nothing of what must hold was broken. */
export function isClean(report: ChaosReport): boolean {
  return FAULTS.every((fault) => report[fault].length === 0)
}

/** What was done and what came of it, in words. */
export function formatReport(report: ChaosReport): string {
  const { kills, natsKills, redisKills, notifications, repeated, repeatedInDigest, alertsAndMessages } =
    report
  const total = Object.values(kills).reduce((sum, count) => sum + count, 0)
  return [
    `${total} kills of the notifier, ${natsKills} of NATS, ${redisKills} of Redis`,
    ...Object.entries(kills).map(([stage, count]) => `  ${String(count).padStart(4)}  ${stage}`),
    `${alertsAndMessages} transitions and messages became ${notifications} notifications`,
    `${repeated} attempts were in flight at a kill and taken once more, ${repeatedInDigest} messages in a digest the second time`,
    ...FAULTS.map((fault) => `${fault}: ${report[fault].length}${named(report[fault])}`),
  ].join('\n')
}

function named(faults: readonly string[]): string {
  return faults.length === 0 ? '' : ` (${faults.slice(0, 10).join(', ')}${faults.length > 10 ? ', …' : ''})`
}
