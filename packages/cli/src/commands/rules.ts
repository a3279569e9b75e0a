import type { Command } from 'commander'
import type { CliCommand } from '../command.ts'
import { readEnv } from '../env.ts'
import { terminal } from '../output/terminal.ts'
import type { BacktestFlags } from '../rules/run-backtest.ts'
import type { CheckFlags } from '../rules/run-check.ts'
import type { ListFlags } from '../rules/run-list.ts'

/** `tocsin rules …`. What each does is loaded when it is asked for: PromQL is slow to load. */
export const rulesCommand: CliCommand = {
  register(program, exitWith) {
    const rules = program.command('rules').description('check, test, list and backtest rules')
    registerCheck(rules, exitWith)
    registerTest(rules, exitWith)
    registerList(rules)
    registerBacktest(rules)
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
    .argument('<paths...>', 'test files, and folders with files named *test.yml')
    .action(async (paths: string[]) => {
      const { runTestFiles } = await import('../rules/run-tests.ts')
      exitWith(runTestFiles(paths, terminal()))
    })
}

function registerList(rules: Command): void {
  rules
    .command('list')
    .description('show the rules that the alert evaluator runs')
    .option('--state <state>', 'only those that are firing, pending, inactive, recording, or in error (err)')
    .option('--sort <by>', 'group, or time: those that take longest first', 'group')
    .option('--url <url>', 'whom to ask (default: the alert evaluator here); a Prometheus answers as well')
    .option('--json', 'as JSON')
    .action(async (flags: ListFlags) => {
      const { runList } = await import('../rules/run-list.ts')
      await runList(flags, readEnv(), Date.now(), terminal())
    })
}

const BACKTEST_HELP = `
A <time> is Unix seconds, a date such as 2026-01-31T09:30:00Z, or how long ago, such as 10m.

Examples:
  tocsin rules backtest HighErrorRate --range 24h
  tocsin rules backtest my-rules.yml --rule QueueLong --from 3d --to 2d --step 30s`

function registerBacktest(rules: Command): void {
  rules
    .command('backtest')
    .description('replay stored samples through alerts, and show when they would have fired')
    .argument('<what>', 'a rule file or folder, a shipped pack, or the name of an alert')
    .option('--rule <name>', 'only this alert of it')
    .option('-r, --range <duration>', 'so much time, until now or --to (default: 6h)')
    .option('--from <time>', 'from here, until now or --to')
    .option('--to <time>', 'the end of the range (default: now)')
    .option('--step <duration>', "the time between two evaluations (default: the group's interval, or 15s)")
    .option('--url <url>', 'who has the samples (default: PROMETHEUS_URL, else the collector here)')
    .option('--json', 'as JSON')
    .addHelpText('after', BACKTEST_HELP)
    .action(async (what: string, flags: BacktestFlags) => {
      const { runBacktest } = await import('../rules/run-backtest.ts')
      const deps = {
        env: readEnv(),
        nowMs: Date.now(),
        monotonic: () => performance.now(),
        output: terminal(),
      }
      await runBacktest(what, flags, deps)
    })
}
