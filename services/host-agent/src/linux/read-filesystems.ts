import { chooseFilesystems, type FilesystemFilter, type Mount } from '../choose-filesystems.ts'
import { type HostSample, sample } from '../host-metric.ts'
import type { FilesystemStats } from './ask-filesystems.ts'

/** The mounts in the text of `/proc/self/mounts`. */
function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [device, mountpoint, fstype, options] = line.split(' ')
    if (device === undefined || mountpoint === undefined || fstype === undefined) return []
    return [
      {
        device: unescapePath(device),
        mountpoint: unescapePath(mountpoint),
        fstype,
        readonly: options?.split(',').includes('ro') ?? false,
      },
    ]
  })
}

/** In a chroot the root is not among the mounts; where it is, that mount takes the place of this one. */
const ROOT: Mount = { device: 'rootfs', mountpoint: '/', fstype: 'rootfs', readonly: false }

/** The kernel writes blanks, tabs, newlines and backslashes as three octal digits. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** Space and inodes of the filesystems that count; of one that cannot be asked, only that. */
export async function readFilesystems(
  mountsText: string,
  filter: FilesystemFilter,
  ask: (mount: Mount) => Promise<FilesystemStats | undefined>,
): Promise<readonly HostSample[]> {
  const { mounts } = chooseFilesystems([ROOT, ...parseMounts(mountsText)], filter)
  const samples: HostSample[] = []
  for (const mount of mounts) samples.push(...filesystemSamples(mount, await ask(mount)))
  return samples
}

function filesystemSamples(mount: Mount, stats: FilesystemStats | undefined): readonly HostSample[] {
  const { device, mountpoint, fstype } = mount
  const labels = { device, fstype, mountpoint }
  if (!stats) return [sample('node_filesystem_device_error', 1, labels)]
  return [
    sample('node_filesystem_device_error', 0, labels),
    sample('node_filesystem_size_bytes', stats.blocks * stats.bsize, labels),
    sample('node_filesystem_free_bytes', stats.bfree * stats.bsize, labels),
    sample('node_filesystem_avail_bytes', stats.bavail * stats.bsize, labels),
    sample('node_filesystem_files', stats.files, labels),
    sample('node_filesystem_files_free', stats.ffree, labels),
    sample('node_filesystem_readonly', mount.readonly ? 1 : 0, labels),
  ]
}
