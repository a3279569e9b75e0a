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

/** The services' lines on the terminal, each behind its name; what the servers and the inbox write goes to files under `folder`. */
export function terminalOutput(folder: string): Output {
  const services = Object.keys(SERVICES)
  const prefix = prefixLines(services, pc)
  const file = openLogFiles(folder)
  const write = (text: string) => void process.stdout.write(`${text}\n`)
  return {
    say: (line) => write(`${pc.bold('tocsin')}: ${line}`),
    part: (name, line) =>
      services.includes(name) ? write(prefix(name, formatLogLine(line, pc))) : file(name, line),
    show: write,
  }
}

/** Everything in files under `folder`: one for each part, as the part wrote it, and tocsin.log. */
export function fileOutput(folder: string): Output {
  const write = openLogFiles(folder)
  const say = (line: string) => write('tocsin', `${new Date().toISOString()} ${line}`)
  return { say, part: write, show: () => {} }
}
