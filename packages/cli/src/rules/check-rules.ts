import { metricCatalogue } from '@tocsin/contract'
import {
  checkRules,
  type KnownMetrics,
  knownMetrics,
  type Place,
  parseRuleFile,
  RuleError,
  type RuleGroup,
} from '@tocsin/rules'
import type { SourceFile } from './find-rule-files.ts'
import { nearestName } from './nearest-name.ts'

/** What to look for beyond what would be refused. */
export type Lint = 'all' | 'duplicates' | 'none'

/** What was found out about rule files. */
export interface RulesCheck {
  /** A line for each file that is taken. */
  readonly taken: readonly string[]
  /** Why files are refused: `file:line:column: reason`. */
  readonly faults: readonly string[]
  /** What may be wrong, in the same form. */
  readonly warnings: readonly string[]
}

/** Checks rule files as the alert evaluator does, and looks for what is valid and yet likely wrong. */
export function checkRuleFiles(files: readonly SourceFile[], lint: Lint): RulesCheck {
  const taken: string[] = []
  const faults: string[] = []
  const groups: RuleGroup[] = []
  for (const { name, text } of files) {
    try {
      const found = parseRuleFile(name, text)
      groups.push(...found)
      const rules = found.flatMap((group) => group.rules)
      const alerts = rules.filter(({ kind }) => kind === 'alerting').length
      taken.push(`${name}: ${count(alerts, 'alert')}, ${count(rules.length - alerts, 'recording rule')}`)
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      faults.push(...error.message.split('\n'))
    }
  }
  const warnings = [
    ...(lint === 'none' ? [] : findDuplicates(groups)),
    ...(lint === 'all' ? findUnknown(groups) : []),
  ]
  return { taken, faults, warnings }
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`

const placeOf = ({ file, place }: { readonly file: string; readonly place?: Place | undefined }) =>
  place ? `${file}:${place.line}:${place.column}` : file

/** Rules of one name and the same labels: their alerts or series are the same ones, and overwrite each other. */
function findDuplicates(groups: readonly RuleGroup[]): readonly string[] {
  const seen = new Map<string, string>()
  const found: string[] = []
  for (const group of groups)
    for (const rule of group.rules) {
      const labels =
        rule.kind === 'recording'
          ? Object.entries(rule.labels)
          : rule.labels.map(({ name, text }) => [name, text] as const)
      const key = JSON.stringify([rule.kind, rule.name, labels.toSorted(([a], [b]) => (a < b ? -1 : 1))])
      const place = placeOf({ file: group.file, place: rule.place })
      const first = seen.get(key)
      if (first === undefined) seen.set(key, place)
      else found.push(`${place}: ${rule.name} is there already with the same labels, at ${first}`)
    }
  return found
}

function findUnknown(groups: readonly RuleGroup[]): readonly string[] {
  // A file may read what another one records, whichever comes first.
  const recorded = groups.flatMap(({ rules }) => rules.filter(({ kind }) => kind === 'recording'))
  const known: KnownMetrics = new Map([
    ...recorded.map(({ name }) => [name, undefined] as const),
    ...knownMetrics(metricCatalogue),
  ])
  return checkRules(groups, known).map(
    ({ rule, text, reason, ...where }) =>
      `${placeOf(where)}: ${rule}: ${text}: ${reason}${suggest(text, reason, known)}`,
  )
}

function suggest(text: string, reason: string, known: KnownMetrics): string {
  const name = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0] ?? ''
  const nearest = reason.startsWith('no such metric') ? nearestName(name, known.keys()) : undefined
  return nearest === undefined ? '' : `; is it ${nearest}?`
}
