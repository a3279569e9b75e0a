import type { Mount } from '../choose-filesystems.ts'

/** What `statfs` says of a filesystem. Sizes in blocks of `bsize` bytes. */
export interface FilesystemStats {
  readonly bsize: number
  readonly blocks: number
  readonly bfree: number
  readonly bavail: number
  readonly files: number
  readonly ffree: number
}

export interface AskDeps {
  readonly statfs: (path: string) => Promise<FilesystemStats>
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** A healthy filesystem answers in microseconds. Milliseconds. */
const PATIENCE_MS = 500
/** Each one that hangs holds one of the four threads that Node has for files and names. */
const MOST_HANGING = { remote: 2, local: 1 } as const

const REMOTE = /^(?:9p|afs|ceph|cifs|fuse\..*|glusterfs|lustre|ncpfs|nfs|nfs4|smb3|smbfs)$/

/**
 * Asks filesystems one after the other; undefined of one that does not answer. It is not asked again before it has:
 * a file server that is dead must not take all threads.
 */
export function createFilesystemAsker({ statfs, wait }: AskDeps) {
  const hanging = new Map<string, 'remote' | 'local'>()

  return async function ask({ mountpoint, fstype }: Mount): Promise<FilesystemStats | undefined> {
    const where = REMOTE.test(fstype) ? 'remote' : 'local'
    const alike = [...hanging.values()].filter((other) => other === where).length
    if (hanging.has(mountpoint) || alike >= MOST_HANGING[where]) return undefined
    hanging.set(mountpoint, where)
    // Unmounted since, or not ours to look at: as one that does not answer.
    const answer = statfs(mountpoint).catch(() => undefined)
    void answer.then(() => hanging.delete(mountpoint))
    const answered = new AbortController()
    try {
      return await Promise.race([answer, wait(PATIENCE_MS, answered.signal).then(() => undefined)])
    } finally {
      answered.abort()
    }
  }
}
