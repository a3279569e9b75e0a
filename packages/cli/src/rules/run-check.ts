import { CliError } from '../errors.ts'
import type { Terminal } from '../output/terminal.ts'
import { checkRuleFiles, type Lint } from './check-rules.ts'
import { findRuleFiles } from './find-rule-files.ts'

/** The flags of `tocsin rules check`. */
export interface CheckFlags {
  readonly lint: string
  readonly lintFatal?: boolean
}

const REFUSED = 1
const WARNED = 3
const LINTS: readonly string[] = ['all', 'duplicates', 'none'] satisfies Lint[]

/** Checks rule files; the answer is the exit code. @throws {CliError} `bad-usage` */
export function runCheck(paths: readonly string[], flags: CheckFlags, output: Terminal): number {
  if (!LINTS.includes(flags.lint))
    throw new CliError('bad-usage', `--lint ${flags.lint}: there are ${LINTS.join(', ')}`)
  const { colors } = output
  const { taken, faults, warnings } = checkRuleFiles(findRuleFiles(paths), flags.lint as Lint)
  for (const line of taken) output.print(`${colors.green('✓')} ${line}`)
  for (const line of faults) output.remark(`${colors.red('✗')} ${line}`)
  for (const line of warnings) output.remark(`${colors.yellow('!')} ${line}`)
  if (faults.length > 0) return REFUSED
  return flags.lintFatal && warnings.length > 0 ? WARNED : 0
}
