import type { HostReader } from '../host-metric.ts'
import { parseDiskstats } from './read-disks.ts'
import { type FilesystemStats, readFilesystems } from './read-filesystems.ts'
import { parseMeminfo } from './read-memory.ts'
import { parseNetDev } from './read-network.ts'
import { parseStat } from './read-stat.ts'

export interface LinuxSources {
  readText(path: string): Promise<string>
  statfs(path: string): Promise<FilesystemStats>
}

/** The readers of Linux: the kernel's own files, so that no program is started. */
export function createLinuxReaders({ readText, statfs }: LinuxSources): readonly HostReader[] {
  return [
    { part: 'cpu', read: async () => parseStat(await readText('/proc/stat')) },
    { part: 'memory', read: async () => parseMeminfo(await readText('/proc/meminfo')) },
    { part: 'disks', read: async () => parseDiskstats(await readText('/proc/diskstats')) },
    { part: 'network', read: async () => parseNetDev(await readText('/proc/net/dev')) },
    { part: 'filesystems', read: async () => readFilesystems(await readText('/proc/self/mounts'), statfs) },
  ]
}
