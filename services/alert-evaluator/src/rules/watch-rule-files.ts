import { watch } from 'node:fs'
import { type Clock, type Log, messageOf } from '@tocsin/runtime'
import type { EvaluatorMetrics } from '../evaluator-metrics.ts'
import { openRuleFiles } from './read-rule-files.ts'
import type { RuleBook } from './rule-book.ts'

// An editor writes a file in several steps; a folder on the network tells of none of them.
const SETTLE_MS = 50
const RESCAN_MS = 10_000

export interface WatchDeps {
  readonly book: RuleBook
  readonly clock: Clock
  readonly log: Log
  readonly metrics: EvaluatorMetrics
}

/**
 * Keeps the book's rules as the folder has them. Rejects when the folder cannot be read at the start; later its
 * faults are logged, and the rules stay. The function returned ends the watch.
 */
export async function watchRuleFiles(
  folder: string,
  { book, clock, log, metrics }: WatchDeps,
): Promise<() => void> {
  const files = openRuleFiles(folder)
  let cancel = () => {}
  let stopped = false

  async function refresh(): Promise<void> {
    const { groups, refused, changed } = await files.read()
    if (!changed || stopped) return
    metrics.refusedFiles.set(refused.length)
    for (const { file, reason, hadRules } of refused)
      log.error(
        { file },
        `rule file refused, ${hadRules ? 'its former rules go on' : 'it has no rules yet'}:\n${reason}`,
      )
    const lost = refused.filter(({ hadRules }) => !hadRules).map(({ file }) => file)
    book.setIncomplete('files', lost.length > 0 ? `refused: ${lost.join(', ')}` : undefined)
    book.setFiles(groups)
    log.info({ folder, groups: groups.length }, 'rule files read')
  }

  function later(ms: number): void {
    cancel()
    if (stopped) return
    cancel = clock.setTimeout(() => {
      refresh()
        .catch((error: unknown) =>
          log.error({ folder, reason: messageOf(error) }, 'the rules folder cannot be read'),
        )
        .finally(() => later(RESCAN_MS))
    }, ms)
  }

  await refresh()
  const watcher = watch(folder, () => later(SETTLE_MS))
  watcher.on('error', (error) =>
    log.warn({ folder, reason: messageOf(error) }, 'the rules folder is only read every 10 s'),
  )
  later(RESCAN_MS)
  return () => {
    stopped = true
    cancel()
    watcher.close()
  }
}
