import type { Command } from 'commander'
import pc from 'picocolors'
import type { CliCommand } from '../command.ts'
import type { RulesOutput } from '../rules/output.ts'
import type { CheckFlags } from '../rules/run-check.ts'

const USUAL_COLUMNS = 100

const terminal = (): RulesOutput => ({
  print: (text) => console.log(text),
  remark: (text) => console.error(text),
  colors: pc,
  columns: process.stdout.columns ?? USUAL_COLUMNS,
})

/** `tocsin rules …`. What each does is loaded when it is asked for: PromQL is slow to load. */
export const rulesCommand: CliCommand = {
  register(program, exitWith) {
    const rules = program.command('rules').description('check, test, list and backtest rules')
    registerCheck(rules, exitWith)
    registerTest(rules, exitWith)
  },
}

function registerCheck(rules: Command, exitWith: (code: number) => void): void {
  rules
    .command('check')
    .description(
      'check rule files: exit code 1 when one is refused, 3 with --lint-fatal when there are warnings',
    )
    .argument('<paths...>', 'rule files, and folders of them')
    .option('--lint <what>', 'what to warn of: all, duplicates, none', 'all')
    .option('--lint-fatal', 'warnings count')
    .action(async (paths: string[], flags: CheckFlags) => {
      const { runCheck } = await import('../rules/run-check.ts')
      exitWith(runCheck(paths, flags, terminal()))
    })
}

function registerTest(rules: Command, exitWith: (code: number) => void): void {
  rules
    .command('test')
    .description("run tests of rules, in promtool's format: exit code 1 when one fails")
    .argument('<paths...>', 'test files, and folders of them')
    .action(async (paths: string[]) => {
      const { runTestFiles } = await import('../rules/run-tests.ts')
      exitWith(runTestFiles(paths, terminal()))
    })
}
