import type { CpuInfo } from 'node:os'
import type { Systeminformation } from 'systeminformation'
import { chooseFilesystems, type FilesystemFilter } from '../choose-filesystems.ts'
import { type HostReader, type HostSample, sample } from '../host-metric.ts'
import { cpuSamples } from './read-cpus.ts'

/** The part of `systeminformation` that is used. */
export interface SystemInformation {
  mem(): Promise<Systeminformation.MemData>
  fsSize(): Promise<Systeminformation.FsSizeData[]>
  fsStats(): Promise<Systeminformation.FsStatsData>
  disksIO(): Promise<Systeminformation.DisksIoData>
  networkStats(interfaces: string): Promise<Systeminformation.NetworkStatsData[]>
}

/** What is left out, by name. */
export interface PortableFilter extends FilesystemFilter {
  readonly networks: RegExp | undefined
}

/** The readers of macOS, and of any other system that `systeminformation` knows. */
export function createPortableReaders(
  si: SystemInformation,
  { cpus }: { cpus(): readonly Pick<CpuInfo, 'times'>[] },
  filter: PortableFilter,
): readonly HostReader[] {
  return [
    { part: 'cpu', read: async () => cpuSamples(cpus()) },
    { part: 'memory', read: async () => memorySamples(await si.mem()) },
    { part: 'disks', read: async () => diskSamples(await si.fsStats(), await si.disksIO()) },
    {
      part: 'network',
      read: async () =>
        (await si.networkStats('*'))
          .filter(({ iface }) => !filter.networks?.test(iface))
          .flatMap(networkSamples),
    },
    { part: 'filesystems', read: async () => filesystemSamples(await si.fsSize(), filter) },
  ]
}

function memorySamples(mem: Systeminformation.MemData): readonly HostSample[] {
  return [
    sample('node_memory_MemTotal_bytes', mem.total),
    sample('node_memory_MemFree_bytes', mem.free),
    sample('node_memory_MemAvailable_bytes', mem.available),
    sample('node_memory_SwapTotal_bytes', mem.swaptotal),
    sample('node_memory_SwapFree_bytes', mem.swapfree),
  ]
}

/** All disks together: macOS tells them apart only to privileged programs. */
function diskSamples(
  bytes: Systeminformation.FsStatsData | null,
  operations: Systeminformation.DisksIoData | null,
): readonly HostSample[] {
  const labels = { device: 'all' }
  return [
    ...(bytes
      ? [
          sample('node_disk_read_bytes_total', bytes.rx, labels),
          sample('node_disk_written_bytes_total', bytes.wx, labels),
        ]
      : []),
    ...(operations
      ? [
          sample('node_disk_reads_completed_total', operations.rIO, labels),
          sample('node_disk_writes_completed_total', operations.wIO, labels),
        ]
      : []),
  ]
}

function networkSamples(stats: Systeminformation.NetworkStatsData): readonly HostSample[] {
  const labels = { device: stats.iface }
  return [
    sample('node_network_receive_bytes_total', stats.rx_bytes, labels),
    sample('node_network_receive_errs_total', stats.rx_errors, labels),
    sample('node_network_receive_drop_total', stats.rx_dropped, labels),
    sample('node_network_transmit_bytes_total', stats.tx_bytes, labels),
    sample('node_network_transmit_errs_total', stats.tx_errors, labels),
    sample('node_network_transmit_drop_total', stats.tx_dropped, labels),
  ]
}

function filesystemSamples(
  found: readonly Systeminformation.FsSizeData[],
  filter: FilesystemFilter,
): readonly HostSample[] {
  const sizes = new Map(found.map((fs) => [fs.mount, fs]))
  const { mounts } = chooseFilesystems(
    found.map((fs) => ({ device: fs.fs, mountpoint: fs.mount, fstype: fs.type, readonly: fs.rw === false })),
    filter,
  )
  return mounts.flatMap((mount) => {
    const fs = sizes.get(mount.mountpoint)
    if (!fs) return []
    const labels = { device: mount.device, fstype: mount.fstype, mountpoint: mount.mountpoint }
    return [
      sample('node_filesystem_size_bytes', fs.size, labels),
      sample('node_filesystem_avail_bytes', fs.available, labels),
      sample('node_filesystem_readonly', mount.readonly ? 1 : 0, labels),
    ]
  })
}
