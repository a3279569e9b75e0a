import type { CliCommand } from '../command.ts'
import { readEnv } from '../env.ts'
import { terminal } from '../output/terminal.ts'
import type { QueryFlags } from '../query/run-query.ts'

const EXAMPLES = `
A <time> is Unix seconds, a date such as 2026-01-31T09:30:00Z, or how long ago, such as 10m.

Examples:
  tocsin query 'up == 0'
  tocsin query 'sum by (route) (rate(http_requests_total[5m]))' --range 1h
  tocsin query orders_total --time 10m --json`

/** `tocsin query <expr>` */
export const queryCommand: CliCommand = {
  register(program) {
    program
      .command('query')
      .description('ask a PromQL expression of the collector, or of any Prometheus')
      .argument('<expr>', 'the expression, in quotes')
      .option('-t, --time <time>', 'its value at this time (default: now)')
      .option('-r, --range <duration>', 'a chart of this long, such as 1h, until now or --to')
      .option('--from <time>', 'a chart from here, until now or --to')
      .option('--to <time>', 'the end of the range (default: now)')
      .option('--step <duration>', 'the time between two points (default: an 80th of the range)')
      .option('--url <url>', 'whom to ask (default: PROMETHEUS_URL, else the collector here)')
      .option('--json', "the API's answer as it came")
      .addHelpText('after', EXAMPLES)
      .action(async (expr: string, flags: QueryFlags) => {
        // Loaded here: it is slow to load, and the other commands do without it.
        const { runQuery } = await import('../query/run-query.ts')
        await runQuery(expr, flags, readEnv(), Date.now(), terminal())
      })
  },
}
