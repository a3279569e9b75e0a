import { type CustomRule, customRule } from '@tocsin/contract'
import { type AlertingRule, compileCustomRule, type RuleError } from '@tocsin/rules'
import { type ConsumeDeps, messageOf, sleep, watchBucket } from '@tocsin/runtime'
import type { RuleBook } from './rule-book.ts'

/** The rules that users put, in the `rules` bucket. */
export interface CustomRules {
  list(): readonly CustomRule[]
  get(name: string): CustomRule | undefined
  /** Checks and stores a rule; resolves when it is in force here. @throws RuleError */
  put(rule: CustomRule): Promise<{ name: string; replaced: boolean }>
  delete(name: string): Promise<{ name: string; deleted: boolean }>
  stop(): Promise<void>
}

export interface CustomRulesDeps extends ConsumeDeps {
  readonly book: RuleBook
}

/** How long a write waits for its own echo. */
const ECHO_MS = 2000

/** Follows the bucket; resolves when all that it holds has been read. */
export async function openCustomRules(deps: CustomRulesDeps): Promise<CustomRules> {
  const { bus, book, clock, log } = deps
  const kv = await bus.kv('rules')
  const rules = new Map<string, { readonly rule: CustomRule; readonly compiled: AlertingRule }>()
  const waiting = new Set<() => void>()
  let revision = 0

  function take(key: string, value: string | undefined, at: number): void {
    revision = at
    rules.delete(key)
    if (value !== undefined) {
      try {
        const rule = customRule.parse(JSON.parse(value))
        rules.set(key, { rule, compiled: compileCustomRule(rule) })
      } catch (error) {
        log.error({ key, reason: messageOf(error) }, 'a stored custom rule is refused')
      }
    }
    // At the start the rules take effect together.
    if (current) apply()
  }
  function apply(): void {
    book.setCustom([...rules.values()].map(({ compiled }) => compiled))
    for (const check of [...waiting]) check()
  }

  let current = false
  const all = Promise.withResolvers<void>()
  const watch = await watchBucket(deps, 'rules', {
    onPut: take,
    onDelete: (key, at) => take(key, undefined, at),
    onCurrent() {
      current = true
      apply()
      all.resolve()
    },
    onRecreated() {
      rules.clear()
      revision = 0
      apply()
    },
  })
  await all.promise

  /** Resolves once the watch has come to this revision. */
  function echoOf(wanted: number): Promise<unknown> {
    if (revision >= wanted) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = () => {
      if (revision < wanted) return
      waiting.delete(check)
      resolve()
    }
    waiting.add(check)
    return Promise.race([promise, sleep(clock, ECHO_MS)])
  }

  return {
    list: () => [...rules.values()].map(({ rule }) => rule),
    get: (name) => rules.get(keyOf(name))?.rule,
    async put(rule) {
      compileCustomRule(rule)
      const key = keyOf(rule.name)
      const replaced = rules.has(key)
      await echoOf(await kv.put(key, JSON.stringify(rule)))
      return { name: rule.name, replaced }
    },
    async delete(name) {
      const key = keyOf(name)
      if (!rules.has(key)) return { name, deleted: false }
      await kv.delete(key)
      await echoOf((await kv.get(key))?.revision ?? 0)
      return { name, deleted: true }
    },
    stop: () => watch.stop(),
  }
}

/** A rule's key: its name made of the letters that a bucket allows. */
function keyOf(name: string): string {
  return Buffer.from(name).toString('base64url')
}

/** The fault of a rule in one line, without the file that it has none of. */
export function faultOf(error: RuleError): string {
  return error.faults.map(({ reason }) => reason).join('; ')
}
