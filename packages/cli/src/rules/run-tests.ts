import { globSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { parseTestFile, runTests, type TestFile, type TestGroupResult } from '@tocsin/alerting'
import { parseRuleFile, RuleError, type RuleGroup } from '@tocsin/rules'
import type { Terminal } from '../output/terminal.ts'
import { findTestFiles, readSource, type SourceFile } from './find-rule-files.ts'
import { formatFailure } from './format-failure.ts'

/** Runs files of tests of rules; the answer is the exit code. @throws {CliError} `bad-usage` */
export function runTestFiles(paths: readonly string[], output: Terminal): number {
  const failed = findTestFiles(paths).filter((file) => !testFile(file, output))
  return failed.length > 0 ? 1 : 0
}

function testFile({ name, text }: SourceFile, output: Terminal): boolean {
  const { colors } = output
  const say = (lines: readonly string[]) => {
    for (const line of lines) output.remark(`  ${line}`)
  }
  try {
    const tests = parseTestFile(name, text)
    const rules = loadRules(tests)
    for (const remark of findIdle(tests, rules)) output.remark(`${colors.yellow('!')} ${name}: ${remark}`)
    const results = runTests(tests, rules)
    const failed = results.filter(({ failures }) => failures.length > 0)
    if (failed.length === 0) {
      output.print(
        `${colors.green('✓')} ${name}: ${results.length} ${results.length === 1 ? 'test' : 'tests'}`,
      )
      return true
    }
    output.remark(`${colors.red('✗')} ${name}: ${failed.length} of ${results.length} tests fail`)
    for (const result of failed) {
      say([colors.bold(titleOf(result))])
      for (const failure of result.failures) say(formatFailure(name, failure, colors))
    }
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    output.remark(`${colors.red('✗')} ${name}`)
    say(error.message.split('\n'))
  }
  return false
}

const titleOf = ({ name, number }: TestGroupResult) => (name === '' ? `test ${number}` : name)

/** @throws RuleError for a rule file that is refused, or a pattern that no file matches */
function loadRules({ file, ruleFiles }: TestFile): readonly RuleGroup[] {
  return ruleFiles.flatMap((pattern) => {
    const path = isAbsolute(pattern) ? pattern : join(dirname(file), pattern)
    const found = globSync(path).sort()
    if (found.length > 0) return found.flatMap((name) => parseRuleFile(name, readSource(name)))
    const reason = `rule_files: no file matches ${path}`
    throw new RuleError('invalid_tests', file, [{ line: 0, column: 0, where: '', reason }])
  })
}

/** What a test names that the rules have not, and which therefore shows nothing. */
function findIdle({ tests, groupEvalOrder }: TestFile, rules: readonly RuleGroup[]): readonly string[] {
  const alerts = new Set(rules.flatMap((group) => group.rules.map(({ name }) => name)))
  const names = new Set(tests.flatMap(({ alertTests }) => alertTests.map(({ alertname }) => alertname)))
  const groups = groupEvalOrder.filter((name) => rules.every((group) => group.name !== name))
  return [
    ...[...names].filter((name) => !alerts.has(name)).map((name) => `no rule has the alert ${name}`),
    ...groups.map((name) => `group_eval_order: there is no group ${name}`),
  ]
}
