import { SERVICES } from '@tocsin/servers'
import pc from 'picocolors'
import { formatLogLine } from '../output/format-log-line.ts'
import { prefixLines } from '../output/prefix-lines.ts'
import { openLogFiles } from './log-files.ts'

/** Where a run's lines go. */
export interface Output {
  /** A line of `up` itself. */
  say(line: string): void
  /** A line that a part wrote. */
  part(name: string, line: string): void
  /** The table. */
  show(text: string): void
}

/** Everything on the terminal, each part's lines behind its name. */
export function terminalOutput(): Output {
  const prefix = prefixLines(['nats', 'redis', 'inbox', ...Object.keys(SERVICES)], pc)
  const write = (text: string) => void process.stdout.write(`${text}\n`)
  return {
    say: (line) => write(`${pc.bold('tocsin')}: ${line}`),
    part: (name, line) => write(prefix(name, formatLogLine(line, pc))),
    show: write,
  }
}

/** Everything in files under `folder`: one for each part, as the part wrote it, and tocsin.log. */
export function fileOutput(folder: string): Output {
  const write = openLogFiles(folder)
  const say = (line: string) => write('tocsin', `${new Date().toISOString()} ${line}`)
  return { say, part: write, show: () => {} }
}
