import type { FilesystemFilter } from '../choose-filesystems.ts'
import { type ContainerFolders, locateContainer } from '../container/locate-container.ts'
import { readContainer } from '../container/read-container.ts'
import type { HostReader, HostSample } from '../host-metric.ts'
import { createFilesystemAsker, type FilesystemStats } from './ask-filesystems.ts'
import { parseFileNr } from './read-descriptors.ts'
import { parseDiskstats } from './read-disks.ts'
import { readFilesystems } from './read-filesystems.ts'
import { parseMeminfo } from './read-memory.ts'
import { parseNetDev } from './read-network.ts'
import { parseVmstat } from './read-paging.ts'
import { PRESSURES, parsePressure } from './read-pressure.ts'
import { type ProcessSources, readProcesses, readRarely } from './read-processes.ts'
import { pageSize, parseNetstat, parseSockstat } from './read-sockets.ts'
import { parseStat } from './read-stat.ts'

export interface LinuxSources extends ProcessSources {
  readText(path: string): Promise<string>
  /** As `readText`; undefined where this kernel has no such file, or it is not ours to read. */
  readOptional(path: string): Promise<string | undefined>
  readBytes(path: string): Promise<Uint8Array | undefined>
  statfs(path: string): Promise<FilesystemStats>
  wait(ms: number, signal: AbortSignal): Promise<void>
  /** Milliseconds since the epoch. */
  now(): number
}

/** What is left out, by name. */
export interface LinuxFilter extends FilesystemFilter {
  readonly disks: RegExp
  readonly networks: RegExp | undefined
}

/** Every process is opened for it. Milliseconds. */
const PROCESSES_EVERY_MS = 15_000

/** The readers of Linux: the kernel's own files, so that no program is started. */
export function createLinuxReaders(sources: LinuxSources, filter: LinuxFilter): readonly HostReader[] {
  const { readText, readOptional, now } = sources
  const ask = createFilesystemAsker(sources)
  const optional = async (path: string, parse: (text: string) => readonly HostSample[]) => {
    const text = await readOptional(path)
    return text === undefined ? [] : parse(text)
  }
  return [
    { part: 'cpu', read: async () => parseStat(await readText('/proc/stat')) },
    { part: 'memory', read: async () => parseMeminfo(await readText('/proc/meminfo')) },
    { part: 'disks', read: async () => parseDiskstats(await readText('/proc/diskstats'), filter.disks) },
    { part: 'network', read: async () => parseNetDev(await readText('/proc/net/dev'), filter.networks) },
    {
      part: 'filesystems',
      read: async () => readFilesystems(await readText('/proc/self/mounts'), filter, ask),
    },
    {
      part: 'pressure',
      read: () =>
        inOrder(PRESSURES, (of) =>
          optional(`/proc/pressure/${of}`, (text) => parsePressure('node', of, text)),
        ),
    },
    { part: 'descriptors', read: () => optional('/proc/sys/fs/file-nr', parseFileNr) },
    { part: 'paging', read: () => optional('/proc/vmstat', parseVmstat) },
    { part: 'sockets', read: createSocketReader(sources, optional) },
    { part: 'processes', read: readRarely(PROCESSES_EVERY_MS, now, () => readProcesses(sources)) },
    { part: 'container', read: createContainerReader(sources) },
  ]
}

function createSocketReader(
  { readBytes }: LinuxSources,
  optional: (path: string, parse: (text: string) => readonly HostSample[]) => Promise<readonly HostSample[]>,
): HostReader['read'] {
  const pageBytes = untilKnown(async () => {
    const auxv = await readBytes('/proc/self/auxv')
    return auxv && pageSize(auxv)
  })
  return async () => {
    const bytes = await pageBytes()
    return [
      ...(await inOrder(['snmp', 'netstat'], (file) => optional(`/proc/net/${file}`, parseNetstat))),
      ...(await inOrder(['sockstat', 'sockstat6'], (file) =>
        optional(`/proc/net/${file}`, (text) => parseSockstat(text, bytes)),
      )),
    ]
  }
}

function createContainerReader({ readOptional }: LinuxSources): HostReader['read'] {
  const located = untilKnown(async (): Promise<ContainerFolders | undefined> => {
    const [cgroups, mountinfo] = [
      await readOptional('/proc/self/cgroup'),
      await readOptional('/proc/self/mountinfo'),
    ]
    const exists = async (path: string) => (await readOptional(path)) !== undefined
    return cgroups === undefined || mountinfo === undefined
      ? undefined
      : locateContainer(cgroups, mountinfo, exists)
  })
  return async () => {
    const where = await located()
    return where ? readContainer(where, readOptional) : []
  }
}

/** Asks once for what never changes; a failure is not remembered. */
function untilKnown<T>(ask: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined
  return async () => {
    known ??= ask()
    try {
      return await known
    } catch (error) {
      known = undefined
      throw error
    }
  }
}

/** One file after the other: what is read at once holds threads that others need. */
async function inOrder<T>(
  items: readonly T[],
  read: (item: T) => Promise<readonly HostSample[]>,
): Promise<readonly HostSample[]> {
  const samples: HostSample[] = []
  for (const item of items) samples.push(...(await read(item)))
  return samples
}
