import { type CustomRule, customRule } from '@tocsin/contract'
import type { Clock } from '../clock.ts'
import { MonitoringError, messageOf } from '../errors.ts'
import type { Warn } from '../warn.ts'
import { checkArgument } from './call-service.ts'

/** What became of a rule: the evaluator has it, or we keep it and go on trying. */
export interface RuleReceipt {
  readonly name: string
  readonly state: 'stored' | 'kept'
}

export interface AlertManager {
  /**
   * Adds an alert rule, or replaces the one of that name. While the alert-evaluator cannot be reached the rule is
   * kept and sent again; after 10 s the promise then resolves with `state: 'kept'`. Rejects, and warns, when the
   * rule is refused; a rejection that nobody awaits harms nothing.
   */
  addCustomRule(rule: CustomRule): Promise<RuleReceipt>
  /** The custom rules that the evaluator has. */
  listCustomRules(): Promise<readonly CustomRule[]>
  /** Removes a rule from the evaluator; resolves with whether it was there. */
  removeCustomRule(name: string): Promise<boolean>
}

/** The rules that still have to reach the evaluator. */
export interface RuleQueue {
  add(rule: CustomRule): Promise<RuleReceipt>
  forget(name: string): void
  /** Tries everything that waits now: there is a connection, or a first `put`. */
  retry(): void
  stop(): void
}

const MAX_KEPT = 1000
const MOST_NAMED = 10
const PATIENCE_MS = 10_000
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 15_000

interface Pending {
  readonly rule: CustomRule
  settle(receipt: RuleReceipt | MonitoringError): void
}

export function createRuleQueue(parts: {
  /** Gives a rule to the evaluator; undefined while there is no way to. */
  readonly put: () => ((rule: CustomRule) => Promise<unknown>) | undefined
  readonly clock: Clock
  readonly warn: Warn
}): RuleQueue {
  const { put, clock, warn } = parts
  const pending = new Map<string, Pending>()
  let sending = false
  let failures = 0
  let cancel = () => {}

  async function sendAll(): Promise<void> {
    const send = put()
    if (!send || sending) return
    sending = true
    cancel()
    try {
      for (const entry of [...pending.values()]) if (isPresent(entry)) await sendOne(send, entry)
      failures = 0
    } catch {
      const wait = Math.min(FIRST_RETRY_MS * 2 ** failures++, LAST_RETRY_MS)
      cancel = clock.after(wait, () => void sendAll())
    } finally {
      sending = false
    }
    if (failures === 0 && pending.size > 0) void sendAll()
  }

  /** Throws only what is worth another attempt. */
  async function sendOne(send: (rule: CustomRule) => Promise<unknown>, entry: Pending): Promise<void> {
    const { name } = entry.rule
    try {
      await send(entry.rule)
      settle(entry, { name, state: 'stored' })
    } catch (error) {
      if (!(error instanceof MonitoringError) || error.retryable || error.code === 'closed') throw error
      warn(`rule ${name}`, `alert rule '${name}' was refused: ${messageOf(error)}`)
      settle(entry, error)
    }
  }

  const isPresent = (entry: Pending) => pending.get(entry.rule.name) === entry

  function settle(entry: Pending, outcome: RuleReceipt | MonitoringError): void {
    if (isPresent(entry)) pending.delete(entry.rule.name)
    entry.settle(outcome)
  }

  function enqueue(rule: CustomRule): Promise<RuleReceipt> {
    const older = pending.get(rule.name)
    if (older)
      settle(older, new MonitoringError('closed', `a newer rule '${rule.name}' took this one's place`))
    if (pending.size >= MAX_KEPT)
      return Promise.reject(
        new MonitoringError('overloaded', `${MAX_KEPT} alert rules wait for the evaluator already`),
      )
    return new Promise((resolve, reject) => {
      const settleOnce = (outcome: RuleReceipt | MonitoringError) => {
        cancelPatience()
        if (outcome instanceof MonitoringError) reject(outcome)
        else resolve(outcome)
      }
      const cancelPatience = clock.after(
        PATIENCE_MS,
        () => {
          warn(
            `kept ${rule.name}`,
            `alert rule '${rule.name}' has not reached the alert-evaluator: it is kept in memory and sent again`,
          )
          resolve({ name: rule.name, state: 'kept' })
        },
        'hold',
      )
      pending.set(rule.name, { rule, settle: settleOnce })
      void sendAll()
    })
  }

  return {
    add(rule) {
      const added = new Promise<CustomRule>((resolve) =>
        resolve(checkArgument(customRule, rule, 'the alert rule')),
      ).then(enqueue)
      // Also marks the promise as handled: who does not await it must not fall over it.
      added.catch((error: MonitoringError) => {
        if (error.code === 'invalid_argument' || error.code === 'overloaded')
          warn(messageOf(error), messageOf(error))
      })
      return added
    },
    forget(name) {
      const entry = pending.get(name)
      if (entry) settle(entry, new MonitoringError('closed', `the alert rule '${name}' was removed`))
    },
    retry() {
      failures = 0
      void sendAll()
    },
    stop() {
      cancel()
      if (pending.size > 0)
        warn(
          'rules lost',
          `shutdown() came before the alert-evaluator had the alert rules ${namesOf(pending)}: add them again`,
        )
      for (const entry of [...pending.values()])
        settle(entry, new MonitoringError('closed', 'shutdown() came before the evaluator had the rule'))
    },
  }
}

function namesOf(rules: ReadonlyMap<string, unknown>): string {
  const named = [...rules.keys()].slice(0, MOST_NAMED).join(', ')
  const left = rules.size - MOST_NAMED
  return left > 0 ? `${named} and ${left} more` : named
}
