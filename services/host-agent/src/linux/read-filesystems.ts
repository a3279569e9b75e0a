import { chooseFilesystems, type Mount } from '../choose-filesystems.ts'
import { type HostSample, sample } from '../host-metric.ts'

/** What `statfs` says of a filesystem. Sizes in blocks of `bsize` bytes. */
export interface FilesystemStats {
  readonly bsize: number
  readonly blocks: number
  readonly bfree: number
  readonly bavail: number
  readonly files: number
  readonly ffree: number
}

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

/** Space and inodes of the filesystems that count. One that cannot be read is left out. */
export async function readFilesystems(
  mountsText: string,
  statfs: (path: string) => Promise<FilesystemStats>,
): Promise<readonly HostSample[]> {
  const { mounts } = chooseFilesystems([ROOT, ...parseMounts(mountsText)])
  const read = await Promise.all(
    mounts.map(async (mount) => {
      // Unmounted since, or not ours to look at: the others are still worth having.
      const stats = await statfs(mount.mountpoint).catch(() => undefined)
      return stats ? filesystemSamples(mount, stats) : []
    }),
  )
  return read.flat()
}

function filesystemSamples(mount: Mount, stats: FilesystemStats): readonly HostSample[] {
  const { device, mountpoint, fstype } = mount
  const labels = { device, fstype, mountpoint }
  return [
    sample('node_filesystem_size_bytes', stats.blocks * stats.bsize, labels),
    sample('node_filesystem_free_bytes', stats.bfree * stats.bsize, labels),
    sample('node_filesystem_avail_bytes', stats.bavail * stats.bsize, labels),
    sample('node_filesystem_files', stats.files, labels),
    sample('node_filesystem_files_free', stats.ffree, labels),
    sample('node_filesystem_readonly', mount.readonly ? 1 : 0, labels),
  ]
}
