import { type HostSample, sample } from '../host-metric.ts'

/** What is read of the processes: their folders in /proc, and each one's text, synchronously since they are many. */
export interface ProcessSources {
  /** The names in `/proc`. */
  listProc(): readonly string[]
  /** The text of a file; undefined when the process is gone, or not ours to look at. */
  readNow(path: string): string | undefined
  /** Lets other work run. */
  pause(): Promise<void>
}

/** The state and the threads of one process, from the text of `/proc/<pid>/stat`. */
function parseProcess(text: string): { readonly state: string; readonly threads: number } | undefined {
  // The command's name stands in brackets, and may hold anything, brackets and blanks among it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const state = fields[0]
  const threads = Number(fields[17])
  return state !== undefined && /^[A-Za-z]$/.test(state) && threads > 0 ? { state, threads } : undefined
}

/** How many processes are read in one go: some milliseconds. */
const SLICE = 200

/** Processes by state, and their threads; those that end meanwhile are left out. */
export async function readProcesses({
  listProc,
  readNow,
  pause,
}: ProcessSources): Promise<readonly HostSample[]> {
  const states = new Map<string, number>()
  let [pids, threads] = [0, 0]
  const folders = listProc().filter((name) => /^\d+$/.test(name))
  for (const [i, folder] of folders.entries()) {
    if (i > 0 && i % SLICE === 0) await pause()
    const process = parseProcess(readNow(`/proc/${folder}/stat`) ?? '')
    if (!process) continue
    pids++
    threads += process.threads
    states.set(process.state, (states.get(process.state) ?? 0) + 1)
  }
  const limits = [
    ['node_processes_max_processes', '/proc/sys/kernel/pid_max'],
    ['node_processes_max_threads', '/proc/sys/kernel/threads-max'],
  ] as const
  return [
    sample('node_processes_pids', pids),
    sample('node_processes_threads', threads),
    ...[...states].map(([state, count]) => sample('node_processes_state', count, { state })),
    ...limits.flatMap(([name, path]) => {
      const text = readNow(path)
      return text === undefined ? [] : [sample(name, Number(text))]
    }),
  ]
}

/** Reads at most once in `everyMs`, and gives the same again in between: what costs more is read less often. */
export function readRarely(
  everyMs: number,
  now: () => number,
  read: () => Promise<readonly HostSample[]>,
): () => Promise<readonly HostSample[]> {
  let last: { readonly atMs: number; readonly samples: readonly HostSample[] } | undefined
  return async () => {
    if (!last || now() - last.atMs >= everyMs) last = { atMs: now(), samples: await read() }
    return last.samples
  }
}
