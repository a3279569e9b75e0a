import { SERVICES } from '@tocsin/servers'
import pc from 'picocolors'
import { formatLogLine } from '../output/format-log-line.ts'
import { prefixLines } from '../output/prefix-lines.ts'
import { openLogFiles } from './log-files.ts'
import { countLostLines } from './lost-lines.ts'

/** Where a run's lines go. */
export interface Output {
  /** A line of `up` itself. */
  say(line: string): void
  /** Why the run ends, where that is not the user's wish. */
  fail(reason: string): void
  /** A line that a part wrote. */
  part(name: string, line: string): void
  /** The table. */
  show(text: string): void
}

const complain = (line: string) => void process.stderr.write(`tocsin: ${line}\n`)

/** The services' lines on the terminal, each behind its name; what the servers and the inbox write goes to files under `folder`. */
export function terminalOutput(folder: string): Output {
  const services = Object.keys(SERVICES)
  const prefix = prefixLines(services, pc)
  // Any other command ends when its answer cannot be written. This one may write to a file, whose disk may be full.
  process.stdout.removeAllListeners('error').on('error', () => {})
  const lines = countLostLines('the output', complain)
  const write = (text: string) =>
    void process.stdout.write(`${text}\n`, (error) => (error ? lines.lost(error) : lines.regained()))
  const say = (line: string) => write(`${pc.bold('tocsin')}: ${line}`)
  const file = openLogFiles(folder, { say })
  return {
    say,
    fail: (reason) => say(pc.red(reason)),
    part: (name, line) =>
      services.includes(name) ? write(prefix(name, formatLogLine(line, pc))) : file(name, line),
    show: write,
  }
}

/** Everything in files under `folder`: one for each part, as the part wrote it, and tocsin.log. */
export function fileOutput(folder: string): Output {
  const write = openLogFiles(folder, {
    say: (line) => {
      complain(line)
      say(line)
    },
  })
  const say = (line: string) => write('tocsin', `${new Date().toISOString()} ${line}`)
  return {
    say,
    fail(reason) {
      say(reason)
      // Whoever started it and still waits is told without the disk, which may be the reason.
      if (process.connected) process.send?.({ reason }, () => {})
    },
    part: write,
    show: () => {},
  }
}
