import type { HostSample } from '../host-metric.ts'
import type { ContainerFolders } from './locate-container.ts'
import { readVersion1 } from './version-1.ts'
import { readVersion2 } from './version-2.ts'

/** The text of a file of a control group; undefined where the kernel or the manager has none. */
export type ReadCgroupFile = (path: string) => Promise<string | undefined>

/** The limits of a container, and how near them it is. */
export function readContainer(where: ContainerFolders, read: ReadCgroupFile): Promise<readonly HostSample[]> {
  return where.version === 2 ? readVersion2(where.folder, read) : readVersion1(where.folders, read)
}
