/** A mounted filesystem. */
export interface Mount {
  readonly device: string
  readonly mountpoint: string
  readonly fstype: string
  readonly readonly: boolean
}

export type SkipReason = 'pseudo' | 'memory' | 'image' | 'layered' | 'network' | 'duplicate' | 'system'

export interface ChosenMounts {
  readonly mounts: readonly Mount[]
  readonly skipped: readonly (Mount & { readonly reason: SkipReason })[]
}

/** Types that hold no files of anyone, live in memory, are images that are always full, or may hang. */
const SKIPPED_TYPES: readonly (readonly [SkipReason, ReadonlySet<string>])[] = [
  [
    'pseudo',
    new Set(
      (
        'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devfs devpts devtmpfs efivarfs fusectl hugetlbfs ' +
        'mqueue none nsfs proc pstore rpc_pipefs securityfs selinuxfs sysfs tracefs'
      ).split(' '),
    ),
  ],
  ['memory', new Set(['ramfs', 'tmpfs'])],
  ['image', new Set(['erofs', 'iso9660', 'squashfs', 'udf'])],
  // A dead file server would block the reader; its own machine reports its space.
  [
    'network',
    new Set(['9p', 'afs', 'ceph', 'cifs', 'fuse.sshfs', 'glusterfs', 'nfs', 'nfs4', 'smb3', 'smbfs']),
  ],
  ['layered', new Set(['aufs', 'overlay', 'overlayfs', 'fuse.lxcfs'])],
]

/** Parts of the system that share the space of a volume already counted. */
const SYSTEM_PATHS = /^\/(?:dev|proc|run\/credentials|snap|sys|System\/Volumes(?!\/Data$))(?:\/|$)/

/**
 * The filesystems whose space is worth series: of each device the shortest mount point, and the root always, whatever
 * it is: a container's is layered.
 */
export function chooseFilesystems(all: readonly Mount[]): ChosenMounts {
  const byDevice = new Map<string, Mount>()
  const skipped: (Mount & { readonly reason: SkipReason })[] = []
  // The last of several mounts on one path hides the others.
  const visible = [...new Map(all.map((mount) => [mount.mountpoint, mount])).values()]
  for (const mount of visible) {
    const reason = skipReason(mount)
    if (reason) {
      skipped.push({ ...mount, reason })
      continue
    }
    const other = byDevice.get(mount.device)
    const [kept, dropped] =
      other && other.mountpoint.length <= mount.mountpoint.length ? [other, mount] : [mount, other]
    byDevice.set(mount.device, kept)
    if (dropped) skipped.push({ ...dropped, reason: 'duplicate' })
  }
  return { mounts: [...byDevice.values()], skipped }
}

function skipReason(mount: Mount): SkipReason | undefined {
  if (mount.mountpoint === '/') return undefined
  const found = SKIPPED_TYPES.find(([, types]) => types.has(mount.fstype))
  if (found) return found[0]
  return SYSTEM_PATHS.test(mount.mountpoint) ? 'system' : undefined
}
