/** A mounted filesystem. */
export interface Mount {
  readonly device: string
  readonly mountpoint: string
  readonly fstype: string
  readonly readonly: boolean
}

/** What is left out by its name. */
export interface FilesystemFilter {
  readonly mountpoints: RegExp
  readonly fstypes: RegExp
}

export type SkipReason = 'mountpoint' | 'fstype' | 'duplicate'

export interface ChosenMounts {
  readonly mounts: readonly Mount[]
  readonly skipped: readonly (Mount & { readonly reason: SkipReason })[]
}

/** What node_exporter leaves out on Linux. */
export const linuxFilter: FilesystemFilter = {
  mountpoints:
    /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/,
  fstypes:
    /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$/,
}

/** What node_exporter leaves out on macOS, and volumes that share the space of one that is counted. */
export const darwinFilter: FilesystemFilter = {
  mountpoints: /^\/(dev|System\/Volumes\/(?!Data$).*)($|\/)/,
  fstypes: /^(autofs|devfs)$/,
}

/**
 * The filesystems whose space is worth series: of each device the shortest mount point, since what is mounted again
 * has no more space, and the root always, whatever it is: a container's is an overlay.
 */
export function chooseFilesystems(all: readonly Mount[], filter: FilesystemFilter): ChosenMounts {
  const byDevice = new Map<string, Mount>()
  const skipped: (Mount & { readonly reason: SkipReason })[] = []
  // The last of several mounts on one path hides the others.
  const visible = [...new Map(all.map((mount) => [mount.mountpoint, mount])).values()]
  for (const mount of visible) {
    const reason = skipReason(mount, filter)
    if (reason) {
      skipped.push({ ...mount, reason })
      continue
    }
    const key = deviceKey(mount)
    const other = byDevice.get(key)
    const [kept, dropped] =
      other && other.mountpoint.length <= mount.mountpoint.length ? [other, mount] : [mount, other]
    byDevice.set(key, kept)
    if (dropped) skipped.push({ ...dropped, reason: 'duplicate' })
  }
  return { mounts: [...byDevice.values()], skipped }
}

function skipReason(mount: Mount, filter: FilesystemFilter): SkipReason | undefined {
  if (mount.mountpoint === '/') return undefined
  if (filter.mountpoints.test(mount.mountpoint)) return 'mountpoint'
  return filter.fstypes.test(mount.fstype) ? 'fstype' : undefined
}

/** A path or a server's export is one device; any other name (`tmpfs`, `none`) says nothing, and each mount is its own. */
function deviceKey({ device, mountpoint }: Mount): string {
  return /[/:]/.test(device) ? device : `\0${mountpoint}`
}
