import { readdirSync, readFileSync } from 'node:fs'
import { parseRuleFile } from './parse-rule-file.ts'
import type { RuleGroup } from './rule.ts'
import { RuleError } from './rule-error.ts'

const folder = new URL('../packs/', import.meta.url)
/** Where the packs say that their runbooks are: at an alert evaluator on its usual port. */
const RUNBOOKS_URL = 'http://localhost:3003/runbooks'

export interface LoadPacksOptions {
  /** Where runbooks are to be linked to instead, without a slash at its end. */
  readonly runbooksURL?: string
}

/** The names of the packs that come with Tocsin. */
export function packNames(): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort()
}

/**
 * Loads shipped rule packs; their groups' file is `pack:<name>`.
 * @param chosen names, every pack when left out
 * @throws RuleError `unknown_pack` that lists those there are
 */
export function loadPacks(
  chosen: readonly string[] = packNames(),
  { runbooksURL = RUNBOOKS_URL }: LoadPacksOptions = {},
): readonly RuleGroup[] {
  const known = packNames()
  return chosen.flatMap((name) => {
    if (!known.includes(name)) {
      const reason = `there is no such rule pack; there are ${known.join(', ')}`
      throw new RuleError('unknown_pack', `pack:${name}`, [{ line: 0, column: 0, where: '', reason }])
    }
    const source = readFileSync(new URL(`${name}.yaml`, folder), 'utf8')
    return parseRuleFile(`pack:${name}`, source.replaceAll(RUNBOOKS_URL, runbooksURL), 'pack')
  })
}
