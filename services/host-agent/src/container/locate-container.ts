/** Where the files of the container's control group lie: one folder (version 2), or one for each controller (1). */
export type ContainerFolders =
  | { readonly version: 2; readonly folder: string }
  | { readonly version: 1; readonly folders: Readonly<Partial<Record<Controller, string>>> }

export type Controller = 'cpu' | 'cpuacct' | 'memory' | 'pids'

const CONTROLLERS: readonly Controller[] = ['cpu', 'cpuacct', 'memory', 'pids']

/** A mounted hierarchy: `root` is the group that is seen at `mountpoint`. */
interface Hierarchy {
  readonly root: string
  readonly mountpoint: string
  /** Empty for version 2. */
  readonly controllers: readonly string[]
}

/** A group that a container's manager made, where the machine's own hierarchy is seen. */
const MANAGED =
  /(?:^|[/:-])(?:docker|kubepods|libpod|lxc|crio|cri-containerd|containerd|buildkit|garden|ecs)(?:$|[/:.-])/

/**
 * Finds the control group of the container that this process runs in, from the texts of `/proc/self/cgroup` and
 * `/proc/self/mountinfo`. Undefined where there is none: the group of a service is not one, nor is the machine's root,
 * which lacks the files that limit (`exists` says so).
 */
export async function locateContainer(
  cgroups: string,
  mountinfo: string,
  exists: (path: string) => Promise<boolean>,
): Promise<ContainerFolders | undefined> {
  const own = parseCgroups(cgroups)
  const hierarchies = parseHierarchies(mountinfo)
  const mounts = CONTROLLERS.flatMap((controller) => {
    const mount = hierarchies.find(({ controllers }) => controllers.includes(controller))
    return mount ? [{ controller, ...mount }] : []
  })
  if (mounts.length > 0) {
    const pids = mounts.find(({ controller }) => controller === 'pids')
    const nested =
      mounts.some(isNested) || (pids !== undefined && (await exists(`${pids.mountpoint}/pids.max`)))
    const folders = mounts.flatMap(({ controller, mountpoint }) => {
      const folder = nested ? mountpoint : managedFolder(mountpoint, own.get(controller))
      return folder === undefined ? [] : [[controller, folder] as const]
    })
    return folders.length > 0 ? { version: 1, folders: Object.fromEntries(folders) } : undefined
  }
  const unified = hierarchies.find(({ controllers }) => controllers.length === 0)
  if (!unified) return undefined
  const nested = isNested(unified) || (await exists(`${unified.mountpoint}/cgroup.type`))
  const folder = nested ? unified.mountpoint : managedFolder(unified.mountpoint, own.get(''))
  return folder === undefined ? undefined : { version: 2, folder }
}

/** What is seen at the mount point is itself a group within others: its container's. */
function isNested({ root }: Hierarchy): boolean {
  return root !== '/'
}

function managedFolder(mountpoint: string, path: string | undefined): string | undefined {
  return path !== undefined && MANAGED.test(path) ? `${mountpoint}${path}` : undefined
}

/** The group of this process for each controller; '' is version 2. Lines are `number:controllers:path`. */
function parseCgroups(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
      if (controllers === undefined || path === undefined) return []
      return controllers.split(',').map((controller) => [controller, path] as const)
    }),
  )
}

/** Lines are `… root mountpoint options … - type source superoptions`. */
function parseHierarchies(text: string): readonly Hierarchy[] {
  return text.split('\n').flatMap((line) => {
    const [mount = '', filesystem = ''] = line.split(' - ')
    const [, , , root, mountpoint] = mount.split(' ')
    const [type, , options = ''] = filesystem.split(' ')
    if (root === undefined || mountpoint === undefined) return []
    if (type === 'cgroup2') return [{ root, mountpoint, controllers: [] }]
    return type === 'cgroup' ? [{ root, mountpoint, controllers: options.split(',') }] : []
  })
}
