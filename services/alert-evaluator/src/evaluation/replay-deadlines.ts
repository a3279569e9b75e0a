import type { Engine, Moment } from '@tocsin/alerting'

// A rule that fails keeps its deadline: time goes on without it.
const MOST = 10_000

/** Evaluates the alerts that fell due up to `untilMs`, each at its own time: a replay lives through its past. */
export function replayDeadlines(
  untilMs: number,
  engine: Pick<Engine, 'nextDeadline' | 'evaluateDue'>,
  sequence: number,
  evaluate: (moment: Moment, work: (moment: Moment) => void) => void,
): void {
  let before = Number.NEGATIVE_INFINITY
  for (let i = 0; i < MOST; i++) {
    const atMs = engine.nextDeadline()
    if (atMs === undefined || atMs > untilMs || atMs <= before) return
    // An alert that was changed after the same message, at its deadline, already is where this would bring it.
    evaluate({ atMs, sequence, trigger: 'deadline', frozenFrom: sequence + 1 }, engine.evaluateDue)
    before = atMs
  }
}
