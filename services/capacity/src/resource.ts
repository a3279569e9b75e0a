/** Something that can run out. Each query returns one number; a limit never reached is one that does not bind. */
export interface Resource {
  readonly name: string
  readonly title: string
  readonly unit: string
  readonly usage: string
  readonly limit: string
  /** What to do about it, as the end of a sentence. */
  readonly remedy: string
}

/** Filesystems with space of the machine's own: what lies in memory, is an image or another machine's is none of it. */
const DISKS =
  'fstype!~"tmpfs|ramfs|squashfs|erofs|iso9660|udf|nfs4?|cifs|smb3|smbfs|9p|afs|ceph|glusterfs|fuse.sshfs"'

/** The brief's resources, over the catalogue's metrics. */
export const defaultResources: readonly Resource[] = [
  {
    name: 'storage',
    title: 'Storage',
    unit: 'bytes',
    usage: `sum(node_filesystem_size_bytes{${DISKS}}) - sum(node_filesystem_avail_bytes{${DISKS}})`,
    limit: `sum(node_filesystem_size_bytes{${DISKS}})`,
    remedy: 'add storage or delete what is no longer needed',
  },
  {
    name: 'memory',
    title: 'Memory',
    unit: 'bytes',
    usage: 'sum(node_memory_MemTotal_bytes) - sum(node_memory_MemAvailable_bytes)',
    limit: 'sum(node_memory_MemTotal_bytes)',
    remedy: 'add memory or find what holds it',
  },
  {
    name: 'cpu',
    title: 'CPU',
    unit: 'cores',
    usage: 'sum(rate(node_cpu_seconds_total{mode!~"idle|iowait"}[2m]))',
    limit: 'count(node_cpu_seconds_total{mode="idle"})',
    remedy: 'add cores or spread the load',
  },
  {
    name: 'connections',
    title: 'Database connections',
    unit: 'connections',
    usage: 'sum(db_pool_connections{state="active"})',
    limit: 'sum(db_pool_max_connections)',
    remedy: 'raise the pool limit or release connections sooner',
  },
  {
    name: 'api_rate_limit',
    title: 'API rate limit',
    unit: 'requests',
    usage: 'sum(api_rate_limit_max_requests) - sum(api_rate_limit_remaining_requests)',
    limit: 'sum(api_rate_limit_max_requests)',
    remedy: 'ask for a higher limit or send fewer requests',
  },
]
