import { createSubjects } from '@tocsin/contract'
import type { Colors } from 'picocolors/types.js'
import type { CliEnv } from '../env.ts'
import { formatTable } from '../output/table.ts'
import type { System } from '../system/start-system.ts'
import type { PartState, RunState } from './run-file.ts'

/** What of the environment the hints tell of. */
type HintEnv = Pick<CliEnv, 'NATS_SUBJECT_PREFIX' | 'NOTIFIER_CONFIG' | 'SLACK_WEBHOOK_URL' | 'WEBHOOK_URL'>

const USUAL_NATS = 'nats://127.0.0.1:4222'

function describeTargets(env: HintEnv, mail: System['mail']): string {
  if (env.NOTIFIER_CONFIG !== undefined) return `Alerts go to: what ${env.NOTIFIER_CONFIG} says.`
  const email = mail ? `e-mail to ${mail.to}${mail.caught ? ' (the inbox)' : ''}` : 'no e-mail (set EMAIL_TO)'
  const slack = env.SLACK_WEBHOOK_URL ? 'Slack' : 'no Slack (set SLACK_WEBHOOK_URL)'
  const webhook = env.WEBHOOK_URL ? 'your webhook' : 'no webhook (set WEBHOOK_URL)'
  return `Alerts go to: ${[email, slack, webhook].join(', ')}.`
}

/** What stands below the table of `up`: what is amiss already, who is told of alerts, and what to try next. */
export function makeHints(
  env: HintEnv,
  parts: readonly PartState[],
  mail: System['mail'],
  amiss?: string,
): string[] {
  const nats = parts.find(({ name }) => name === 'nats')?.where
  const elsewhere = nats !== undefined && nats !== USUAL_NATS
  const [server, variable] = elsewhere ? [` --server ${nats}`, `NATS_URL=${nats} `] : ['', '']
  const subject = createSubjects(env.NATS_SUBJECT_PREFIX).metrics('shop')
  const event = '{"name":"orders_total","type":"counter","value":1,"labels":{"region":"eu"}}'
  // Whether a file's receivers send to the inbox, only the file knows.
  const pages = env.NOTIFIER_CONFIG === undefined ? ['collector', 'health', 'inbox'] : ['collector', 'health']
  const open = pages.flatMap((name) => parts.find((part) => part.name === name)?.where ?? [])
  return [
    ...(amiss === undefined ? [] : [`Not all is well: ${amiss}`]),
    describeTargets(env, mail),
    'Try next:',
    `  ${variable}npm run demo                 a small shop with real traffic`,
    `  ${variable}npm run demo -- --break      … that fails: an alert fires, and resolves`,
    `  nats pub${server} ${subject} '${event}'`,
    ...open.map((url) => `  open ${url}`),
    '  npm run status, npm stop',
  ]
}

/** The table and the hints that `up` shows when everything is ready. */
export function describeRun(run: RunState, colors: Colors): string {
  const note = ({ note }: PartState) => (note.startsWith('simulated') ? colors.yellow(note) : note)
  const rows = run.parts.map((part) => [part.name, part.where, note(part)])
  const seconds = ((Date.now() - Date.parse(run.startedAt)) / 1000).toFixed(1)
  return [
    '',
    colors.bold(`Tocsin is ready (${seconds} s).`),
    '',
    formatTable(['what', 'where', 'how'], rows),
    '',
    ...run.hints,
    '',
  ].join('\n')
}
